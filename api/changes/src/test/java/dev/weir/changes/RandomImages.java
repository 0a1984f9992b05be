package dev.weir.changes;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.Random;
import java.util.TreeMap;

/** Images and deltas of few keys, so that they meet. */
final class RandomImages {
    private static final String[] NAMESPACES = {"a", "a-b", "b"};
    private final Random random;

    RandomImages(Random random) {
        this.random = random;
    }

    Key key() {
        String name = "name-" + random.nextInt(4);
        return random.nextInt(3) == 0
                ? Kinds.NAMESPACE.key("", name)
                : Kinds.POD.key(NAMESPACES[random.nextInt(NAMESPACES.length)], name);
    }

    Message object(Key key) {
        ObjectMeta meta =
                ObjectMeta.newBuilder()
                        .setName(key.name())
                        .setNamespace(key.namespace())
                        .putLabels("value", "" + random.nextInt(3))
                        .build();
        return key.kind().equals(Kinds.POD.name())
                ? Pod.newBuilder().setMetadata(meta).build()
                : Namespace.newBuilder().setMetadata(meta).build();
    }

    private Stored stored(Key key, long revision) {
        Stored whole = new Stored(object(key), revision);
        return random.nextBoolean() ? whole : packed(key, whole);
    }

    static Stored packed(Key key, Stored whole) {
        try {
            return Stored.packed(
                    Kinds.named(key.kind()).orElseThrow(),
                    whole.value().toByteString(),
                    whole.revision());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** The next write's delta; of its objects some are packed. */
    Delta delta(Image image) {
        long revision = image.revision() + 1;
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            Key key = key();
            changes.put(
                    key,
                    random.nextInt(3) == 0
                            ? new Change.Remove(revision)
                            : new Change.Put(stored(key, revision)));
        }
        return new Delta(
                image.shard(),
                "log",
                revision,
                image.after().with("log", "other", revision / 2),
                changes);
    }

    Image after(Image image, int writes) {
        Image result = image;
        for (int i = 0; i < writes; i++) {
            result = result.apply(delta(result));
        }
        return result;
    }
}
