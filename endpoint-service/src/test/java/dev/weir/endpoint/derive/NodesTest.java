package dev.weir.endpoint.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Node;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodesTest {
    private Image control = Image.empty("control");

    private void node(String name, String zone, String cpu) {
        Node.Builder node = Node.newBuilder();
        node.getMetadataBuilder().setName(name).putLabels(Zones.LABEL, zone);
        if (!cpu.isEmpty()) {
            node.getStatusBuilder().putCapacity("cpu", "64").putAllocatable("cpu", cpu);
        }
        TreeMap<Key, Change> changes = new TreeMap<>();
        long revision = control.revision() + 1;
        changes.put(Kinds.NODE.key("", name), new Change.Put(node.build(), revision));
        Delta delta = new Delta("control", "log", revision, Frontier.EMPTY, changes);
        control = Step.of(control, delta).to();
    }

    @Test
    void aZoneWeighsAsManyCpusAsItsNodesHaveForPods() {
        node("n1", "east", "4");
        node("n2", "east", "3920m");
        node("n3", "west", "");
        node("n4", "north", "0");

        assertThat(Nodes.in(control).shares()).hasToString("{east=7920, north=1000, west=1000}");
    }

    @Test
    void anAbsurdNumberIsNotAddedUpBeyondWhatFits() {
        node("n1", "east", "9E");
        node("n2", "east", "9E");

        assertThat(Nodes.in(control).shares()).containsEntry("east", Integer.MAX_VALUE);
    }
}
