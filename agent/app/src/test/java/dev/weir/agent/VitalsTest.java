package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

class VitalsTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final Duration REFRESH = Duration.ofSeconds(15);
    private static final Node HERE =
            Node.newBuilder().setMetadata(ObjectMeta.newBuilder().setName("n1")).build();

    /** The clock stands still; what has passed is told by the other one. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final Vitals vitals =
            new Vitals(
                    dev.weir.model.Kinds.NODE.key("", "n1"),
                    REFRESH,
                    Clock.fixed(NOW, ZoneOffset.UTC),
                    nanos::get);

    private static NodeImage image(Node... nodes) {
        TreeMap<dev.weir.model.Key, Change> changes = new TreeMap<>();
        for (Node node : nodes) {
            changes.put(Kinds.NODE.key("", node.getMetadata().getName()), new Change.Put(node, 1));
        }
        Image control =
                Image.empty("control")
                        .apply(new Delta("control", "log-1", 7, Frontier.EMPTY, changes));
        return new NodeImage(
                Frontier.of("log-1", "control", 7),
                Map.of("control", control),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.empty());
    }

    private static NodeLoop.Carried carried(NodeImage image, long revision, String... notInSync) {
        return new NodeLoop.Carried(
                image, Frontier.of("log-1", "control", revision), List.of(), List.of(notInSync));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void nothingIsGoodBeforeTheFirstRound() {
        assertThat(vitals.condition().healthy()).isFalse();
        assertThat(vitals.condition().lastUpdated()).isEmpty();

        vitals.carried(
                new NodeLoop.Carried(NodeImage.EMPTY, Frontier.EMPTY, List.of(), List.of("nft")));

        assertThat(vitals.healthy()).isFalse();
    }

    @Test
    void aNodeIsHealthyForAWhileAfterARoundThatWasCarriedWhole() {
        Duration almost = Vitals.patience(REFRESH).minusNanos(1);

        vitals.carried(carried(image(HERE), 7));
        pass(almost);

        assertThat(vitals.condition().healthy()).isTrue();
        assertThat(vitals.condition().lastUpdated()).contains(NOW.minus(almost));
        pass(Duration.ofNanos(1));
        assertThat(vitals.healthy()).isFalse();
    }

    @Test
    void roundsThatAPlaneDoesNotCarryDoNotCount() {
        vitals.carried(carried(image(HERE), 7));

        for (int i = 0; i < 10; i++) {
            pass(REFRESH);
            vitals.carried(carried(image(HERE), 6));
            vitals.carried(carried(image(HERE), 7, "nft"));
        }

        assertThat(vitals.healthy()).isFalse();
        vitals.carried(carried(image(HERE), 7));
        assertThat(vitals.healthy()).isTrue();
    }

    @Test
    void aNodeThatGoesOrIsGoneIsNotEligible() {
        Node going =
                HERE.toBuilder()
                        .setMetadata(
                                HERE.getMetadata().toBuilder()
                                        .setDeletionTimestamp(Timestamp.getDefaultInstance()))
                        .build();

        vitals.carried(carried(image(HERE), 7));
        assertThat(vitals.condition().eligible()).isTrue();
        vitals.carried(carried(image(going), 7));
        assertThat(vitals.condition().eligible()).isFalse();
        vitals.carried(carried(image(HERE), 7));
        assertThat(vitals.condition().eligible()).isTrue();
        vitals.carried(carried(image(), 7));
        assertThat(vitals.condition().eligible()).isFalse();
        assertThat(vitals.healthy()).isTrue();
    }
}
