package dev.weir.agent.l7;

import dev.weir.agent.l7.http.Limits;
import dev.weir.agent.l7.proxy.Capacity;
import dev.weir.agent.l7.proxy.ProxySettings;
import dev.weir.agent.l7.proxy.ProxySettings.AccessLogTarget;
import dev.weir.agent.l7.proxy.Timeouts;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The proxy's settings as text, {@code weir.agent.l7.NAME}. Durations are ISO 8601, {@code PT30S},
 * sizes are bytes. What is not set is as {@link ProxySettings#DEFAULT} has it.
 */
final class L7Options {
    private final Map<String, String> options;
    private final Set<String> known = new TreeSet<>();

    private L7Options(Map<String, String> options) {
        this.options = new TreeMap<>(options);
    }

    /** Throws IllegalArgumentException that names the option, and what it may be. */
    static ProxySettings of(Map<String, String> options) {
        L7Options read = new L7Options(options);
        ProxySettings settings = read.settings(ProxySettings.DEFAULT);
        for (String name : options.keySet()) {
            if (!read.known.contains(name)) {
                throw new IllegalArgumentException(
                        "no option weir.agent.l7.%s; there are: %s"
                                .formatted(name, String.join(", ", read.known)));
            }
        }
        return settings;
    }

    private ProxySettings settings(ProxySettings or) {
        return new ProxySettings(
                number("loops", or.loops()),
                list("addresses", or.addresses(), IpAddress::of),
                list("trusted", or.trusted(), Cidr::of),
                timeouts(or.timeouts()),
                capacity(or.capacity()),
                option("access-log", or.accessLog(), L7Options::target));
    }

    private Timeouts timeouts(Timeouts or) {
        return new Timeouts(
                time("handshake-timeout", or.handshake()),
                time("head-timeout", or.head()),
                time("keep-alive-timeout", or.keepAlive()),
                time("request-body-timeout", or.requestBody()),
                time("stalled-client-timeout", or.stalledClient()),
                time("connect-timeout", or.connect()),
                time("response-timeout", or.response()),
                time("response-body-timeout", or.responseBody()),
                time("tunnel-timeout", or.tunnel()),
                time("linger", or.linger()),
                time("backend-idle-timeout", or.backendIdle()),
                time("drain", or.drain()));
    }

    private Capacity capacity(Capacity or) {
        Limits limits = or.message();
        return new Capacity(
                number("connections", or.connections()),
                new Limits(
                        number("head-size", limits.head()),
                        number("target-size", limits.target()),
                        number("headers", limits.headers()),
                        number("chunk-line-size", limits.chunkLine()),
                        number("trailers-size", limits.trailers()),
                        option("body-size", limits.body(), Long::valueOf)),
                number("idle-backends", or.idleBackends()),
                number("attempts", or.attempts()),
                number("water-high", or.waterHigh()),
                number("water-low", or.waterLow()));
    }

    private static AccessLogTarget target(String text) {
        return switch (text) {
            case "off" -> new AccessLogTarget.Off();
            case "stdout" -> new AccessLogTarget.Stdout();
            default -> {
                Path path = Path.of(text);
                if (!path.isAbsolute()) {
                    throw new IllegalArgumentException("off, stdout, or an absolute path");
                }
                yield new AccessLogTarget.File(path);
            }
        };
    }

    private int number(String name, int or) {
        return option(name, or, Integer::valueOf);
    }

    private Duration time(String name, Duration or) {
        return option(name, or, Duration::parse);
    }

    private <T> List<T> list(String name, List<T> or, Function<String, T> parser) {
        return option(
                name,
                or,
                text -> Stream.of(text.split(",")).map(String::strip).map(parser).toList());
    }

    private <T> T option(String name, T or, Function<String, T> parser) {
        known.add(name);
        String text = options.get(name);
        try {
            return text == null ? or : parser.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(
                    "weir.agent.l7.%s is \"%s\": %s".formatted(name, text, e.getMessage()), e);
        }
    }
}
