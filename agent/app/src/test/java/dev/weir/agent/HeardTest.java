package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HeardTest {
    private static final Key STAYS = Kinds.NODE.key("", "stays");
    private static final Key GOES = Kinds.NODE.key("", "goes");
    private static final Key PASSES = Kinds.NODE.key("", "passes");

    private final Heard heard = new Heard();

    private static Change put(Key key, long revision) {
        return new Change.Put(
                Node.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setName(key.name())
                                        .putLabels("revision", "" + revision))
                        .build(),
                revision);
    }

    private static Delta delta(long revision, Map<Key, Change> changes) {
        return new Delta("control", "log", revision, Frontier.EMPTY, new TreeMap<>(changes));
    }

    private static Image first() {
        return Image.empty("control")
                .apply(delta(2, Map.of(STAYS, put(STAYS, 1), GOES, put(GOES, 2))));
    }

    @Test
    void whatCameInPartsIsOneDeltaFromTheStateBefore() {
        heard.take(new ShardUpdate.Snapshot(first()));
        heard.takeDeltas();
        heard.take(new ShardUpdate.Changes(delta(3, Map.of(STAYS, put(STAYS, 3)))));
        heard.take(
                new ShardUpdate.Changes(
                        delta(5, Map.of(STAYS, put(STAYS, 4), PASSES, put(PASSES, 5)))));
        heard.take(
                new ShardUpdate.Changes(
                        delta(
                                7,
                                Map.of(
                                        GOES, new Change.Remove(6),
                                        PASSES, new Change.Remove(7)))));

        Map<String, Delta> deltas = heard.takeDeltas();

        assertThat(deltas).containsOnlyKeys("control");
        assertThat(first().apply(deltas.get("control"))).isEqualTo(heard.shards().get("control"));
        assertThat(heard.takeDeltas()).isEmpty();
    }

    @Test
    void theLastRunIsForShardsThatAreSilent() {
        heard.take(new ShardUpdate.Snapshot(first()));

        heard.lastSnapshot(
                Map.of("control", Image.empty("control"), "policy", Image.empty("policy")));

        assertThat(heard.shards().get("control")).isEqualTo(first());
        assertThat(heard.inSync()).containsOnly("control", "policy");
    }
}
