package dev.weir.agent.edge;

import static dev.weir.agent.edge.Requests.assertAnswer;
import static dev.weir.agent.edge.Requests.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeHealthTest {
    private static final Instant UPDATED = Instant.parse("2026-07-01T10:00:00Z");
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:15Z");
    private static final List<IpAddress> NODE =
            List.of(IpAddress.of("127.0.0.1"), IpAddress.of("::1"));

    private static NodeHealth start(int port, NodeCondition condition) {
        return NodeHealth.start(
                Kinds.NODE.key("", "n1"),
                NodeHealth.places(String.valueOf(port), NODE),
                () -> condition,
                () -> {
                    if (!condition.healthy()) {
                        throw new IllegalStateException("told to have none");
                    }
                    return "weir_test 1\n";
                },
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static void awaitOpen(String host, int port) throws Exception {
        long deadline = System.nanoTime() + Requests.TIMEOUT_MILLIS * 1_000_000L;
        while (!Requests.isOpen(host, port)) {
            assertThat(System.nanoTime()).as("deadline for the listener").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, 200 OK, 200 OK",
        "true, false, 503 Service Unavailable, 200 OK",
        "false, true, 503 Service Unavailable, 503 Service Unavailable",
    })
    void aNodeThatGoesIsAliveButWantsNoConnections(
            boolean healthy, boolean eligible, String healthz, String livez) throws Exception {
        int port = Requests.freePort();
        try (var health = start(port, new NodeCondition(healthy, eligible, Optional.of(UPDATED)))) {
            awaitOpen("::1", port);

            String times =
                    "\"lastUpdated\": \"2026-07-01T10:00:00Z\","
                            + "\"currentTime\": \"2026-07-01T10:00:15Z\"";
            assertAnswer(
                    get("127.0.0.1", port, "/healthz"),
                    healthz,
                    "{" + times + ", \"nodeEligible\": " + eligible + "}");
            assertAnswer(get("::1", port, "/livez"), livez, "{" + times + "}");
            assertThat(get("::1", port, "/")).startsWith("HTTP/1.1 404");
            assertThat(health).isNotNull();
        }
        assertThat(Requests.isOpen("::1", port)).isFalse();
    }

    @Test
    void metricsAreTextOrNotThere() throws Exception {
        int port = Requests.freePort();
        try (var health = start(port, new NodeCondition(true, false, Optional.empty()))) {
            awaitOpen("::1", port);
            assertThat(get("::1", port, "/metrics"))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
                    .endsWith("\r\n\r\nweir_test 1\n");
            assertThat(health).isNotNull();
        }
        port = Requests.freePort();
        try (var health = start(port, new NodeCondition(false, false, Optional.empty()))) {
            awaitOpen("::1", port);
            assertThat(get("::1", port, "/metrics")).startsWith("HTTP/1.1 503");
            assertThat(health).isNotNull();
        }
    }

    @Test
    void aTakenPortIsTriedAgain() throws Exception {
        int port = Requests.freePort();
        NodeHealth health;
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(other.isBound()).isTrue();
            health = start(port, new NodeCondition(true, true, Optional.empty()));
            awaitOpen("::1", port);
        }

        awaitOpen("127.0.0.1", port);

        assertThat(get("127.0.0.1", port, "/healthz")).contains("\"lastUpdated\": \"\"");
        health.close();
    }

    @Test
    void onePortIsForAllAddressesOfTheNode() throws IOException {
        assertThat(NodeHealth.places("10256", NODE))
                .containsExactly(
                        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 10256),
                        new InetSocketAddress(InetAddress.getByName("::1"), 10256));
        assertThat(NodeHealth.places("[::]:1", NODE))
                .containsExactly(new InetSocketAddress(InetAddress.getByName("::"), 1));
        assertThat(NodeHealth.places("0.0.0.0:65535", NODE))
                .containsExactly(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 65535));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "x", "127.0.0.1:", "host:80", ":80"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> NodeHealth.places(text, NODE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
