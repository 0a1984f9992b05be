package dev.weir.server;

import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.ShardReader.Next;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Bookmark;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Sends one watcher its events. Runs on a virtual thread of its own and asks for more only when the
 * connection takes more, so a slow watcher holds nothing but its position: what it missed reaches
 * it conflated, or as EXPIRED.
 */
final class Watches {
    /** A bookmark at least this often. */
    static final Duration BOOKMARK_INTERVAL = Duration.ofSeconds(10);

    private final Kind kind;
    private final ShardReader reader;
    private final Message event;

    /**
     * @param event the default instance of the kind's watch response
     */
    Watches(Kind kind, ShardReader reader, Message event) {
        this.kind = kind;
        this.reader = reader;
        this.event = event;
    }

    void run(
            String namespace,
            Predicate<Message> selected,
            String logId,
            long resume,
            ServerCallStreamObserver<Message> call)
            throws InterruptedException {
        PacedCall<Message> out = new PacedCall<>(call);
        Image image = reader.image();
        long revision = resume;
        String log = logId.isEmpty() ? image.logId() : logId;
        if (resume == 0) {
            var from = new Key(kind.name(), namespace, "");
            for (var entry : image.objects().tailMap(from).entrySet()) {
                if (!inScope(entry.getKey(), namespace)) {
                    break;
                }
                Stored stored = entry.getValue();
                if (selected.test(stored.value())) {
                    out.send(put(stored.value(), stored.revision()));
                }
            }
            revision = image.revision();
            log = image.logId();
            out.send(bookmark(log, revision, true));
        }
        while (out.isOpen()) {
            switch (reader.next(log, revision, BOOKMARK_INTERVAL)) {
                case Next.Expired expired ->
                        throw Failure.of(
                                        Reason.EXPIRED,
                                        "too old resource version: "
                                                + revision
                                                + " ("
                                                + expired.floor()
                                                + "); list again and watch from there")
                                .asException();
                case Next.Changes(var delta) -> {
                    for (var change : delta.changes().entrySet()) {
                        if (inScope(change.getKey(), namespace)) {
                            out.send(event(change.getKey(), change.getValue(), selected));
                        }
                    }
                    revision = delta.revision();
                    out.send(bookmark(log, revision, false));
                }
            }
        }
    }

    private boolean inScope(Key key, String namespace) {
        return key.kind().equals(kind.name())
                && (namespace.isEmpty() || key.namespace().equals(namespace));
    }

    /**
     * What no longer is selected is as good as removed; a remove of what was never sent harms
     * nobody.
     */
    private Message event(Key key, Change change, Predicate<Message> selected) {
        return switch (change) {
            case Change.Put put -> {
                Message value = put.value();
                yield selected.test(value)
                        ? put(value, put.revision())
                        : remove(key, put.revision());
            }
            case Change.Remove(var at) -> remove(key, at);
        };
    }

    private Message put(Message object, long revision) {
        return build("put", object, revision);
    }

    private Message remove(Key key, long revision) {
        return build("remove", key.toProto(), revision);
    }

    private Message bookmark(String logId, long revision, boolean inSync) {
        return build(
                "bookmark",
                Bookmark.newBuilder()
                        .setLogId(logId)
                        .setRevision(revision)
                        .setInSync(inSync)
                        .build(),
                revision);
    }

    private Message build(String field, Message value, long revision) {
        return event.toBuilder()
                .setField(Fields.field(event, field), value)
                .setField(Fields.field(event, "revision"), revision)
                .build();
    }
}
