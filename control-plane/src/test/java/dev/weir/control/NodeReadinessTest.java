package dev.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.node.v1.ReportRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that has been there for long becomes the writer. */
class NodeReadinessTest {
    private static final Duration SILENCE = Duration.ofMillis(400);
    private static final Key NODE = Kinds.NODE.key("", "n1");

    private final NodeRegistry registry = new NodeRegistry(SILENCE);
    private Shard control;

    @BeforeEach
    void open() throws Exception {
        control =
                Shard.open(
                        "control", new SimulatedLog.Disk("log-1").open(), ShardConfig.of("test"));
        Cluster.put(
                control,
                NODE,
                Node.newBuilder().setMetadata(ObjectMeta.newBuilder().setName("n1")).build());
        registry.publish(ReportRequest.newBuilder().setNodeName("n1").setInstance("1").build());
        Thread.sleep(SILENCE.multipliedBy(2));
    }

    @AfterEach
    void close() {
        control.close();
    }

    private List<String> ready() {
        return control
                .image()
                .find(Node.class, NODE)
                .orElseThrow()
                .getStatus()
                .getConditionsList()
                .stream()
                .map(Condition::getStatus)
                .toList();
    }

    @Test
    void aNodeIsNotTakenForSilentBeforeItCouldSpeakToTheNewWriter() throws Exception {
        long start = System.nanoTime();

        try (NodeReadiness readiness = new NodeReadiness(control, registry, Clock.systemUTC())) {
            readiness.start();
            Cluster.await("the silent node is unknown", () -> ready().contains("Unknown"));
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(SILENCE);
    }

    @Test
    void aNodeThatSpeaksToTheNewWriterIsReady() throws Exception {
        try (NodeReadiness readiness = new NodeReadiness(control, registry, Clock.systemUTC())) {
            readiness.start();
            registry.publish(ReportRequest.newBuilder().setNodeName("n1").setInstance("1").build());
            Cluster.await("the node is ready", () -> ready().contains("True"));
        }

        assertThat(ready()).containsExactly("True");
    }
}
