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
    /** What sockets take as a time to connect, and still says that there is one. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final Duration LONGEST = Duration.ofDays(7);
    private static final int MOST_LOOPS = 64;
    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final int MOST_ATTEMPTS = 100;
    private static final int MOST_HEADERS = 10_000;

    /** Of what is held in memory for one message or connection. */
    private static final int MOST_BYTES = 16 << 20;

    private static final long MOST_CONTENT = 1L << 50;

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
                number("loops", or.loops(), 1, MOST_LOOPS),
                list("addresses", or.addresses(), 1, IpAddress::of),
                list("trusted", or.trusted(), 0, Cidr::of),
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
        int high = number("water-high", or.waterHigh(), 2, MOST_BYTES);
        int low = number("water-low", or.waterLow(), 1, MOST_BYTES);
        if (low >= high) {
            throw wrong(
                    options.containsKey("water-low") ? "water-low" : "water-high",
                    "water-low, %d, has to be below water-high, %d".formatted(low, high));
        }
        return new Capacity(
                number("connections", or.connections(), 1, MOST_CONNECTIONS),
                new Limits(
                        number("head-size", limits.head(), 1, MOST_BYTES),
                        number("target-size", limits.target(), 1, MOST_BYTES),
                        number("headers", limits.headers(), 1, MOST_HEADERS),
                        number("chunk-line-size", limits.chunkLine(), 1, MOST_BYTES),
                        number("trailers-size", limits.trailers(), 1, MOST_BYTES),
                        number("body-size", limits.body(), 1, MOST_CONTENT)),
                number("idle-backends", or.idleBackends(), 0, MOST_CONNECTIONS),
                number("attempts", or.attempts(), 1, MOST_ATTEMPTS),
                high,
                low);
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

    private int number(String name, int or, int least, int most) {
        return Math.toIntExact(number(name, (long) or, least, most));
    }

    private long number(String name, long or, long least, long most) {
        return option(
                name,
                or,
                text -> {
                    if (!text.matches("[0-9]{1,18}")
                            || Long.parseLong(text) < least
                            || Long.parseLong(text) > most) {
                        throw new IllegalArgumentException(
                                "a whole number from %d to %d".formatted(least, most));
                    }
                    return Long.parseLong(text);
                });
    }

    private Duration time(String name, Duration or) {
        return option(
                name,
                or,
                text -> {
                    Duration time = Duration.parse(text);
                    if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
                        throw new IllegalArgumentException(
                                "from %s to %s".formatted(SHORTEST, LONGEST));
                    }
                    return time;
                });
    }

    /** Separated by commas. */
    private <T> List<T> list(String name, List<T> or, int least, Function<String, T> parser) {
        return option(
                name,
                or,
                text -> {
                    List<T> all =
                            Stream.of(text.split(","))
                                    .map(String::strip)
                                    .filter(part -> !part.isEmpty())
                                    .map(parser)
                                    .toList();
                    if (all.size() < least) {
                        throw new IllegalArgumentException("at least " + least);
                    }
                    return all;
                });
    }

    private <T> T option(String name, T or, Function<String, T> parser) {
        known.add(name);
        String text = options.get(name);
        try {
            return text == null ? or : parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw wrong(name, String.valueOf(e.getMessage()));
        } catch (DateTimeException e) {
            throw wrong(name, "a duration as PT30S, " + e.getMessage());
        }
    }

    private IllegalArgumentException wrong(String name, String reason) {
        return new IllegalArgumentException(
                "weir.agent.l7.%s is \"%s\": %s".formatted(name, options.get(name), reason));
    }
}
