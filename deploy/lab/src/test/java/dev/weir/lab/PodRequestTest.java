package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.CliError;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.Pod;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodRequestTest {
    private static PodRequest request(List<String> ports, String probe) {
        return new PodRequest(
                "shop",
                "web",
                PodRequest.labels("app=web,tier="),
                ports,
                probe,
                "",
                "",
                List.of("true"));
    }

    @Test
    void portsAndLabelsBecomeThePods() {
        Pod pod = request(List.of("web=8080/TCP", "53/UDP", "9090"), "").toPod("node-2");

        Container container = pod.getSpec().getContainers(0);
        assertThat(pod.getMetadata().getLabelsMap()).isEqualTo(Map.of("app", "web", "tier", ""));
        assertThat(pod.getSpec().getNodeName()).isEqualTo("node-2");
        assertThat(container.getPortsList())
                .extracting(
                        port ->
                                port.getName()
                                        + " "
                                        + port.getContainerPort()
                                        + " "
                                        + port.getProtocol())
                .containsExactly("web 8080 TCP", " 53 UDP", " 9090 TCP");
        assertThat(container.hasReadinessProbe()).isFalse();
    }

    @Test
    void probesAreOfThreeKinds() {
        var tcp =
                request(List.of(), "tcp:80")
                        .toPod("n")
                        .getSpec()
                        .getContainers(0)
                        .getReadinessProbe();
        var http =
                request(List.of(), "http:80/a/b")
                        .toPod("n")
                        .getSpec()
                        .getContainers(0)
                        .getReadinessProbe();

        var grpc =
                request(List.of(), "grpc:80/a.b")
                        .toPod("n")
                        .getSpec()
                        .getContainers(0)
                        .getReadinessProbe();

        assertThat(grpc.getGrpc().getPort()).isEqualTo(80);
        assertThat(grpc.getGrpc().getService()).isEqualTo("a.b");
        assertThat(tcp.getTcpSocket().getPort().getIntVal()).isEqualTo(80);
        assertThat(http.getHttpGet().getPath()).isEqualTo("/a/b");
        assertThat(http.getHttpGet().getPort().getIntVal()).isEqualTo(80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:0", "tcp:65536", "tcp:x", "udp:53", "http:/x", "grpc:/x", "80"})
    void otherProbesAreRefused(String probe) {
        assertThatThrownBy(() -> request(List.of(), probe).toPod("n")).isInstanceOf(CliError.class);
    }

    @Test
    void aReplicaUnderAHeadlessServiceIsCalledByItsOwnName() {
        PodRequest replicas =
                new PodRequest("shop", "db", Map.of(), List.of(), "", "", "db", List.of("true"));

        assertThat(replicas.named("db-1").toPod("n").getSpec().getHostname()).isEqualTo("db-1");
        assertThat(request(List.of(), "").named("web-1").toPod("n").getSpec().getHostname())
                .isEmpty();
    }

    @Test
    void theNodeWithTheFewestPodsIsChosenAndOfSeveralTheFirst() {
        assertThat(
                        Pods.leastLoaded(
                                new TreeMap<>(Map.of("node-1", 2L, "node-2", 1L, "node-3", 1L))))
                .isEqualTo("node-2");
    }
}
