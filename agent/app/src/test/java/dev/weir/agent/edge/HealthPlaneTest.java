package dev.weir.agent.edge;

import static dev.weir.agent.edge.Requests.assertAnswer;
import static dev.weir.agent.edge.Requests.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.HealthCheck;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Frontier;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcollections.HashTreePMap;

/** At the loopback addresses. */
class HealthPlaneTest {
    private static final String V4 = "127.0.0.1";
    private static final String V6 = "::1";
    private static final Key WEB = Kinds.SERVICE.key("shop", "web");
    private static final Key API = Kinds.SERVICE.key("shop", "api");

    private volatile boolean healthy = true;
    private final HealthPlane plane =
            new HealthPlane(List.of(IpAddress.of(V4), IpAddress.of(V6)), () -> healthy);

    @AfterEach
    void close() {
        plane.close();
    }

    private static NodeImage image(Map<Integer, HealthCheck> checks) {
        return new NodeImage(
                Frontier.EMPTY,
                Map.of(),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.from(checks),
                List.of());
    }

    private Outcome apply(Map<Integer, HealthCheck> checks) {
        NodeImage image = image(checks);
        return plane.apply(image, NodeDelta.between(NodeImage.EMPTY, image));
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void aNodeWithEndpointsIsGood(String address) throws IOException {
        int port = Requests.freePort();

        assertThat(apply(Map.of(port, new HealthCheck(WEB, 2)))).isEqualTo(Outcome.DONE);

        assertAnswer(
                get(address, port, "/any?where"),
                "200 OK",
                "{\"service\":{\"namespace\":\"shop\",\"name\":\"web\"},"
                        + "\"localEndpoints\":2,\"serviceProxyHealthy\":true}",
                "X-Load-Balancing-Endpoint-Weight: 2",
                "Content-Type: application/json",
                "X-Content-Type-Options: nosniff");
    }

    @ParameterizedTest
    @CsvSource({"0, true", "2, false", "0, false"})
    void aNodeWithoutOrAnAgentThatIsNotHealthyIsNot(int endpoints, boolean agent)
            throws IOException {
        int port = Requests.freePort();
        healthy = agent;

        apply(Map.of(port, new HealthCheck(WEB, endpoints)));

        assertAnswer(
                get(V4, port, "/"),
                "503 Service Unavailable",
                "{\"service\":{\"namespace\":\"shop\",\"name\":\"web\"},\"localEndpoints\":"
                        + endpoints
                        + ",\"serviceProxyHealthy\":"
                        + agent
                        + "}",
                "X-Load-Balancing-Endpoint-Weight: " + endpoints);
    }

    @Test
    void whatGoesIsToldBeforeItGoes() throws IOException {
        int web = Requests.freePort();
        int api = Requests.freePort();
        apply(Map.of(web, new HealthCheck(WEB, 1), api, new HealthCheck(API, 1)));

        plane.withdraw(image(Map.of(api, new HealthCheck(API, 2))));

        assertThat(get(V4, web, "/")).startsWith("HTTP/1.1 503").contains("\"localEndpoints\":0");
        assertThat(get(V4, api, "/")).startsWith("HTTP/1.1 200").contains("\"localEndpoints\":1");
    }

    @Test
    void aPortThatIsNoLongerWantedIsClosed() throws IOException {
        int port = Requests.freePort();
        apply(Map.of(port, new HealthCheck(WEB, 1)));

        apply(Map.of());

        assertThat(Requests.isOpen(V4, port)).isFalse();
        assertThat(Requests.isOpen(V6, port)).isFalse();
    }

    @Test
    void aPortMayGoToAnotherService() throws IOException {
        int port = Requests.freePort();
        apply(Map.of(port, new HealthCheck(WEB, 1)));

        assertThat(apply(Map.of(port, new HealthCheck(API, 3)))).isEqualTo(Outcome.DONE);

        assertThat(get(V6, port, "/")).contains("\"name\":\"api\"},\"localEndpoints\":3");
    }

    @Test
    void aPortOfSomebodyElseIsAProblemOfItsServiceUntilItIsFree() throws IOException {
        int taken = Requests.freePort();
        int free = Requests.freePort();
        var checks = Map.of(taken, new HealthCheck(WEB, 1), free, new HealthCheck(API, 1));
        try (ServerSocket other = new ServerSocket(taken, 1, InetAddress.getByName(V6))) {
            assertThat(other.isBound()).isTrue();

            Map<Key, String> problems = apply(checks).problems();

            assertThat(problems).containsOnlyKeys(WEB);
            assertThat(problems.get(WEB)).contains("[0:0:0:0:0:0:0:1]:" + taken, "in use");
            assertThat(get(V4, taken, "/")).startsWith("HTTP/1.1 200");
            assertThat(get(V6, free, "/")).startsWith("HTTP/1.1 200");
        }

        assertThat(apply(checks)).isEqualTo(Outcome.DONE);

        assertThat(get(V6, taken, "/")).startsWith("HTTP/1.1 200");
    }
}
