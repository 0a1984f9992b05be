package dev.weir.agent;

import com.google.protobuf.Any;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
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

/**
 * The last state that the agent programmed, for a start without a control plane. Written whole and
 * renamed, so that there is always one that can be read; losing it costs nothing but that.
 */
record SnapshotFile(Path path) {

    /** Ends the file; a length of an image is never negative. */
    private static final int END = -1;

    void write(Collection<Image> images) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".tmp");
        try (var out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(next)))) {
            for (Image image : images) {
                byte[] message = toMessage(image).toByteArray();
                out.writeInt(message.length);
                out.write(message);
            }
            out.writeInt(END);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Empty when there is none, or none that can be read to its end. */
    Optional<Map<String, Image>> read() {
        Map<String, Image> images = new TreeMap<>();
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            for (int length = in.readInt(); length != END; length = in.readInt()) {
                byte[] message = in.readNBytes(length);
                if (message.length < length) {
                    throw new EOFException("an image is cut short");
                }
                Image image = toImage(FollowResponse.parseFrom(message));
                images.put(image.shard(), image);
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
        return images.isEmpty() ? Optional.empty() : Optional.of(images);
    }

    private static FollowResponse toMessage(Image image) {
        FollowResponse.Builder message =
                FollowResponse.newBuilder()
                        .setShard(image.shard())
                        .setLogId(image.logId())
                        .setRevision(image.revision())
                        .setAfter(image.after().toProto());
        image.objects()
                .forEach(
                        (key, stored) ->
                                message.addChanges(
                                        ObjectChange.newBuilder()
                                                .setKey(key.toProto())
                                                .setRevision(stored.revision())
                                                .setPut(Any.pack(stored.value()))));
        return message.build();
    }

    private static Image toImage(FollowResponse message) throws IOException {
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (ObjectChange change : message.getChangesList()) {
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
                            kind.prototype()
                                    .getParserForType()
                                    .parseFrom(change.getPut().getValue()),
                            change.getRevision()));
        }
        return Image.empty(message.getShard())
                .apply(
                        new Delta(
                                message.getShard(),
                                message.getLogId(),
                                message.getRevision(),
                                Frontier.of(message.getAfter()),
                                changes));
    }
}
