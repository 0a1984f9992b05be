package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlProcessTest {
    private static final LabPlace PLACE = new LabPlace(Path.of("/data"));

    private static List<ControlProcess> of(Shape shape) {
        return ControlProcess.of(
                PLACE,
                new LabSettings(
                        shape,
                        2,
                        "nft",
                        "direct",
                        false,
                        Map.of("weir.pod-cidrs", "10.0.0.0/8"),
                        "boot"));
    }

    @Test
    void aStandaloneLabHasOneProcess() {
        assertThat(of(Shape.STANDALONE))
                .singleElement()
                .satisfies(
                        process ->
                                assertThat(process.settings())
                                        .containsEntry("weir.data", "/data/lab")
                                        .containsEntry("weir.listen", "unix:///data/lab/weir.sock")
                                        .containsEntry("weir.pod-cidrs", "10.0.0.0/8"));
    }

    @Test
    void aDistributedLabHasABrokerAndAProcessForEachService() {
        List<ControlProcess> all = of(Shape.DISTRIBUTED);

        assertThat(all)
                .extracting(ControlProcess::role)
                .containsExactly(
                        "broker",
                        "control-plane",
                        "endpoint-service",
                        "policy-service",
                        "dns-service");
        assertThat(all.getFirst().arguments())
                .containsExactly("--data", "/data/lab/kafka", "--listen", "172.30.0.10:9092");
        assertThat(all.subList(1, 5))
                .allSatisfy(
                        process ->
                                assertThat(process.settings())
                                        .containsEntry("weir.role", process.role())
                                        .containsEntry("weir.kafka.bootstrap", "172.30.0.10:9092")
                                        .containsEntry("weir.pod-cidrs", "10.0.0.0/8"));
        assertThat(all)
                .filteredOn(process -> process.settings().containsKey("weir.secret-key-file"))
                .extracting(
                        ControlProcess::role,
                        process -> process.settings().get("weir.secret-key-file"))
                .containsExactly(tuple("control-plane", "/data/lab/secret.key"));
    }

    @Test
    void clientsFindTheControlPlaneOfEitherShapeInTheSamePlace() {
        for (Shape shape : Shape.values()) {
            assertThat(PLACE.socket(shape, shape.frontDoor())).isEqualTo(PLACE.socket());
        }
        assertThat(
                        Shape.DISTRIBUTED.services().stream()
                                .map(role -> PLACE.socket(Shape.DISTRIBUTED, role)))
                .doesNotHaveDuplicates();
    }
}
