package dev.weir.agent.l7.proxy;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * What does not change while a proxy runs.
 *
 * @param loops threads that serve connections, 1 to 64
 * @param trusted ranges of proxies before this one, whose {@code Forwarded} and {@code
 *     X-Forwarded-*} are believed and added to
 * @param addresses that every port is opened on; {@code ::} takes IPv4, too
 */
public record ProxySettings(
        int loops,
        List<IpAddress> addresses,
        List<Cidr> trusted,
        Timeouts timeouts,
        Capacity capacity,
        AccessLogTarget accessLog) {
    private static final int MOST_LOOPS = 64;

    /** A core each, but at most four. */
    public static final ProxySettings DEFAULT =
            new ProxySettings(
                    Math.min(4, Runtime.getRuntime().availableProcessors()),
                    List.of(IpAddress.of("::")),
                    List.of(),
                    Timeouts.DEFAULT,
                    Capacity.DEFAULT,
                    new AccessLogTarget.Off());

    /** Where a line for each request goes. */
    public sealed interface AccessLogTarget {
        record Off() implements AccessLogTarget {}

        record Stdout() implements AccessLogTarget {}

        /** Appended to; it may be renamed and a new one begun by another process. */
        record File(Path path) implements AccessLogTarget {}
    }

    /** Throws IllegalArgumentException that says what is out of its range. */
    public ProxySettings {
        addresses = List.copyOf(addresses);
        trusted = List.copyOf(trusted);
        if (loops < 1 || loops > MOST_LOOPS) {
            throw new IllegalArgumentException("loops: 1 to " + MOST_LOOPS + ", not " + loops);
        }
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a proxy needs an address to listen on");
        }
    }

    public ProxySettings withLoops(int other) {
        return new ProxySettings(other, addresses, trusted, timeouts, capacity, accessLog);
    }

    public ProxySettings withAddresses(List<IpAddress> other) {
        return new ProxySettings(loops, other, trusted, timeouts, capacity, accessLog);
    }

    public ProxySettings withTrusted(List<Cidr> other) {
        return new ProxySettings(loops, addresses, other, timeouts, capacity, accessLog);
    }

    public ProxySettings withTimeouts(Timeouts other) {
        return new ProxySettings(loops, addresses, trusted, other, capacity, accessLog);
    }

    public ProxySettings withCapacity(Capacity other) {
        return new ProxySettings(loops, addresses, trusted, timeouts, other, accessLog);
    }

    public ProxySettings withAccessLog(AccessLogTarget other) {
        return new ProxySettings(loops, addresses, trusted, timeouts, capacity, other);
    }
}
