package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.l7.http.Limits;
import dev.weir.agent.l7.proxy.Capacity;
import dev.weir.agent.l7.proxy.ProxySettings;
import dev.weir.agent.l7.proxy.ProxySettings.AccessLogTarget;
import dev.weir.agent.l7.proxy.Timeouts;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class L7OptionsTest {
    @Test
    void withoutOptionsAllIsByDefault() {
        assertThat(L7Options.of(Map.of())).isEqualTo(ProxySettings.DEFAULT);
    }

    @Test
    void eachOptionIsWhatItSays() {
        Map<String, String> options =
                Map.ofEntries(
                        Map.entry("loops", "3"),
                        Map.entry("addresses", "127.0.0.1, ::1"),
                        Map.entry("trusted", "10.0.0.0/8,fd00::/8"),
                        Map.entry("access-log", "/var/log/weir/access.log"),
                        Map.entry("handshake-timeout", "PT1S"),
                        Map.entry("head-timeout", "PT2S"),
                        Map.entry("keep-alive-timeout", "PT3S"),
                        Map.entry("request-body-timeout", "PT4S"),
                        Map.entry("stalled-client-timeout", "PT5S"),
                        Map.entry("connect-timeout", "PT0.6S"),
                        Map.entry("response-timeout", "PT7S"),
                        Map.entry("response-body-timeout", "PT8M"),
                        Map.entry("tunnel-timeout", "PT9H"),
                        Map.entry("linger", "PT10S"),
                        Map.entry("backend-idle-timeout", "PT11S"),
                        Map.entry("drain", "PT12S"),
                        Map.entry("connections", "13"),
                        Map.entry("head-size", "14000"),
                        Map.entry("target-size", "15000"),
                        Map.entry("headers", "16"),
                        Map.entry("chunk-line-size", "17"),
                        Map.entry("trailers-size", "18"),
                        Map.entry("body-size", "19000000000"),
                        Map.entry("idle-backends", "0"),
                        Map.entry("attempts", "1"),
                        Map.entry("water-high", "22000"),
                        Map.entry("water-low", "2100"));

        ProxySettings settings = L7Options.of(options);

        assertThat(settings)
                .isEqualTo(
                        new ProxySettings(
                                3,
                                List.of(IpAddress.of("127.0.0.1"), IpAddress.of("::1")),
                                List.of(Cidr.of("10.0.0.0/8"), Cidr.of("fd00::/8")),
                                new Timeouts(
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(2),
                                        Duration.ofSeconds(3),
                                        Duration.ofSeconds(4),
                                        Duration.ofSeconds(5),
                                        Duration.ofMillis(600),
                                        Duration.ofSeconds(7),
                                        Duration.ofMinutes(8),
                                        Duration.ofHours(9),
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(11),
                                        Duration.ofSeconds(12)),
                                new Capacity(
                                        13,
                                        new Limits(14_000, 15_000, 16, 17, 18, 19_000_000_000L),
                                        0,
                                        1,
                                        22_000,
                                        2_100),
                                new AccessLogTarget.File(Path.of("/var/log/weir/access.log"))));
        assertThatThrownBy(() -> L7Options.of(Map.of("nothing", "")))
                .hasMessageContainingAll(options.keySet().toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "access-log, off",
        "access-log, stdout",
        "trusted, ''",
    })
    void wordsThatStandForThemselves(String name, String value) {
        ProxySettings settings = L7Options.of(Map.of(name, value));

        assertThat(settings.accessLog())
                .isEqualTo(
                        value.equals("stdout")
                                ? new AccessLogTarget.Stdout()
                                : new AccessLogTarget.Off());
        assertThat(settings.trusted()).isEmpty();
    }

    @Test
    void anUnknownOptionIsRefusedByName() {
        assertThatThrownBy(() -> L7Options.of(Map.of("adresses", "::")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weir.agent.l7.adresses")
                .hasMessageContaining("addresses");
    }

    /** Whoever wrote it is told which option it is. */
    @ParameterizedTest
    @CsvSource({
        "loops, 0",
        "loops, 65",
        "loops, many",
        "addresses, ''",
        "addresses, localhost",
        "trusted, 10.0.0.0/33",
        "trusted, everybody",
        "access-log, access.log",
        "handshake-timeout, 10s",
        "head-timeout, PT0S",
        "keep-alive-timeout, PT-1S",
        "request-body-timeout, 1",
        "stalled-client-timeout, ''",
        "connect-timeout, PT0S",
        "response-timeout, PT0S",
        "response-body-timeout, PT0S",
        "tunnel-timeout, PT0S",
        "linger, PT0S",
        "backend-idle-timeout, PT0S",
        "drain, PT0S",
        "drain, PT9999999999999999H",
        "connections, 0",
        "head-size, 0",
        "head-size, 3000000000",
        "target-size, -1",
        "headers, 0",
        "chunk-line-size, 0",
        "trailers-size, 0",
        "body-size, 0",
        "body-size, 10MB",
        "idle-backends, -1",
        "attempts, 0",
        "water-high, 65536",
        "water-low, 0",
        "water-low, 262144",
    })
    void aValueOutOfRangeIsRefusedByTheNameOfItsOption(String name, String value) {
        assertThatThrownBy(() -> L7Options.of(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weir.agent.l7." + name + " is \"" + value + "\"");
    }
}
