package dev.weir.changes;

import com.google.protobuf.Message;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One shard's way from one image to the next: what derivations take in.
 *
 * <p>Invariant: {@code to} is {@code from.apply(delta)}, or ahead of it: then the rest comes in
 * later steps. The delta may also name keys that did not change.
 */
public record Step(Image from, Delta delta, Image to) {

    /** The step that the delta makes. */
    public static Step of(Image from, Delta delta) {
        return new Step(from, delta, from.apply(delta));
    }

    /** Everything at once: how a derivation starts. Costs the size of the image. */
    public static Step start(Image to) {
        return between(Image.empty(to.shard()), to);
    }

    /** For a reader whose history was compacted away. Costs the size of both images. */
    public static Step between(Image from, Image to) {
        return new Step(from, Delta.between(from, to), to);
    }

    /** No change. */
    public static Step still(Image image) {
        return new Step(
                image,
                new Delta(
                        image.shard(),
                        image.logId(),
                        image.revision(),
                        image.after(),
                        new TreeMap<>()),
                image);
    }

    /** The keys of a kind that may have changed. Costs their number. */
    public Stream<Key> keys(Kind kind) {
        return delta
                .changes()
                .subMap(new Key(kind.name(), "", ""), new Key(kind.name() + "\0", "", ""))
                .keySet()
                .stream();
    }

    /** What the object was and what it is, as far as it existed. */
    public <M extends Message> Stream<M> versions(Class<M> type, Key key) {
        return Stream.of(from.find(type, key), to.find(type, key)).flatMap(Optional::stream);
    }
}
