package dev.weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NamespaceSweepTest {
    private static final Key GOING_SERVICE = Kinds.SERVICE.key("going", "web");
    private static final Key GOING_SLICE = Kinds.ENDPOINT_SLICE.key("going", "web-1");
    private static final Key STAYING_SERVICE = Kinds.SERVICE.key("staying", "web");

    private static Image image(String shard, Map<Key, Message> objects) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        objects.forEach((key, object) -> changes.put(key, new Change.Put(object, 1)));
        return Image.empty(shard).apply(new Delta(shard, "log-1", 1, Frontier.EMPTY, changes));
    }

    private static Namespace namespace(String name, boolean terminating) {
        ObjectMeta.Builder metadata = ObjectMeta.newBuilder().setName(name);
        if (terminating) {
            metadata.setDeletionTimestamp(Timestamp.newBuilder().setSeconds(1));
        }
        return Namespace.newBuilder().setMetadata(metadata).build();
    }

    private static final Image CONTROL =
            image(
                    "control",
                    Map.of(
                            Kinds.NAMESPACE.key("", "going"), namespace("going", true),
                            Kinds.NAMESPACE.key("", "staying"), namespace("staying", false)));

    private static final Image OWN =
            image(
                    "endpoint",
                    Map.of(
                            GOING_SERVICE, Service.getDefaultInstance(),
                            GOING_SLICE, EndpointSlice.getDefaultInstance(),
                            STAYING_SERVICE, Service.getDefaultInstance()));

    private static Map<Key, Optional<Message>> sweep(
            Image own, Map<Key, Optional<Message>> derived) {
        return new NamespaceSweep("endpoint", steps -> new TreeMap<>(derived))
                .derive(
                        new Derivation.Steps(
                                Map.of(
                                        "control", Step.start(CONTROL),
                                        "endpoint", Step.start(own))));
    }

    @Test
    void everythingInANamespaceThatIsGoingGoes() {
        assertThat(sweep(OWN, Map.of()))
                .isEqualTo(
                        Map.of(
                                GOING_SERVICE, Optional.empty(),
                                GOING_SLICE, Optional.empty()));
    }

    @Test
    void nothingIsMadeInANamespaceThatIsGoing() {
        Key made = Kinds.ENDPOINT_SLICE.key("going", "web-2");
        Key kept = Kinds.ENDPOINT_SLICE.key("staying", "web-2");
        Optional<Message> slice = Optional.of(EndpointSlice.getDefaultInstance());

        assertThat(sweep(OWN, Map.of(made, slice, kept, slice, GOING_SLICE, slice)))
                .isEqualTo(
                        Map.of(
                                kept, slice,
                                GOING_SERVICE, Optional.empty(),
                                GOING_SLICE, Optional.empty()));
    }

    @Test
    void anEmptyNamespaceNeedsNothing() {
        assertThat(sweep(image("endpoint", Map.of()), Map.of())).isEmpty();
    }

    @Test
    void theStateOfANamespace() {
        assertThat(NamespaceSweep.state(CONTROL, "going")).isEqualTo(NamespaceState.TERMINATING);
        assertThat(NamespaceSweep.state(CONTROL, "staying")).isEqualTo(NamespaceState.ACTIVE);
        assertThat(NamespaceSweep.state(CONTROL, "none")).isEqualTo(NamespaceState.ABSENT);
    }
}
