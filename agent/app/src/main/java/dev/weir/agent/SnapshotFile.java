package dev.weir.agent;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ObjectChange;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last state that the agent programmed, for a start without a control plane. Written whole and
 * renamed, so that there is always one that can be read; losing it costs nothing but that.
 */
record SnapshotFile(Path path) {

    /** Ends the file; the number of an image's objects is never negative. */
    private static final int END = -1;

    /** Object by object, so that it takes no memory that counts. */
    void write(Collection<Image> images) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".tmp");
        try (var out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(next)))) {
            for (Image image : images) {
                out.writeInt(image.objects().size());
                header(image).writeDelimitedTo(out);
                for (var object : image.objects().entrySet()) {
                    change(object.getKey(), object.getValue()).writeDelimitedTo(out);
                }
            }
            out.writeInt(END);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Empty when there is none, or none that can be read to its end. */
    Optional<Map<String, Image>> read() {
        Map<String, Image> images = new TreeMap<>();
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            for (int objects = in.readInt(); objects != END; objects = in.readInt()) {
                Image image = image(in, objects);
                images.put(image.shard(), image);
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
        return images.isEmpty() ? Optional.empty() : Optional.of(images);
    }

    private static FollowResponse header(Image image) {
        return FollowResponse.newBuilder()
                .setShard(image.shard())
                .setLogId(image.logId())
                .setRevision(image.revision())
                .setAfter(image.after().toProto())
                .build();
    }

    private static ObjectChange change(Key key, Stored stored) {
        return ObjectChange.newBuilder()
                .setKey(key.toProto())
                .setRevision(stored.revision())
                .setPut(stored.toAny())
                .build();
    }

    private static Image image(DataInputStream in, int objects) throws IOException {
        FollowResponse header = whole(FollowResponse.parseDelimitedFrom(in));
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (int i = 0; i < objects; i++) {
            ObjectChange change = whole(ObjectChange.parseDelimitedFrom(in));
            Key key = Key.of(change.getKey());
            var kind =
                    Kinds.named(key.kind())
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "unknown kind " + key.kind()));
            changes.put(
                    key,
                    new Change.Put(
                            Stored.packed(kind, change.getPut().getValue(), change.getRevision())));
        }
        return Image.empty(header.getShard())
                .apply(
                        new Delta(
                                header.getShard(),
                                header.getLogId(),
                                header.getRevision(),
                                Frontier.of(header.getAfter()),
                                changes));
    }

    private static <M> M whole(@Nullable M message) throws EOFException {
        if (message == null) {
            throw new EOFException("an image is cut short");
        }
        return message;
    }
}
