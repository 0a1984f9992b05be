package dev.weir.agent.derive;

import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.derive.EndpointDeriver;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.policy.compile.Groups;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The shards of a cluster in memory, with what the services derive, and the deltas since they were
 * last taken.
 */
final class Cluster {
    private final Groups groups = new Groups();
    private final EndpointDeriver slices = new EndpointDeriver();
    private final Map<String, Image> shards = new HashMap<>();
    private final Map<String, Delta> deltas = new HashMap<>();

    Cluster() {
        for (String shard : new String[] {Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY}) {
            shards.put(shard, Image.empty(shard));
        }
    }

    Cluster put(Message object) {
        return write(key(object), Optional.of(object));
    }

    Cluster remove(Message object) {
        return write(key(object), Optional.empty());
    }

    private static Key key(Message object) {
        var metadata =
                (ObjectMeta)
                        object.getField(object.getDescriptorForType().findFieldByName("metadata"));
        return Kinds.of(object).key(metadata.getNamespace(), metadata.getName());
    }

    private Cluster write(Key key, Optional<Message> value) {
        String shard = Kinds.named(key.kind()).orElseThrow().shard();
        Step step = write(shard, new TreeMap<>(Map.of(key, value)));
        Map<String, Step> steps = new HashMap<>();
        shards.forEach((name, image) -> steps.put(name, Step.still(image)));
        steps.put(shard, step);
        write(
                Shards.ENDPOINT,
                slices.derive(steps.get(Shards.CONTROL), steps.get(Shards.ENDPOINT)));
        write(Shards.POLICY, groups.derive(steps.get(Shards.CONTROL), steps.get(Shards.POLICY)));
        return this;
    }

    private Step write(String shard, SortedMap<Key, Optional<Message>> writes) {
        Image image = shards.get(shard);
        long revision = image.revision() + 1;
        TreeMap<Key, Change> changes = new TreeMap<>();
        writes.forEach(
                (key, value) ->
                        changes.put(
                                key,
                                value.<Change>map(put -> new Change.Put(put, revision))
                                        .orElse(new Change.Remove(revision))));
        Delta delta = new Delta(shard, "log", revision, image.after(), changes);
        Step step = Step.of(image, delta);
        shards.put(shard, step.to());
        deltas.merge(shard, delta, Delta::then);
        return step;
    }

    Map<String, Image> shards() {
        return Map.copyOf(shards);
    }

    /** What happened since this was last called. */
    Map<String, Delta> take() {
        Map<String, Delta> taken = Map.copyOf(deltas);
        deltas.clear();
        return taken;
    }
}
