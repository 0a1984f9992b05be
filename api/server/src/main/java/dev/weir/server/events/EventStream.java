package dev.weir.server.events;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.ShardReader.Next;
import dev.weir.changes.Stored;
import dev.weir.events.v1.FollowResponse;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.server.PacedCall;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One reader's events, from one thread for each shard. What a reader is slow to take reaches it
 * conflated by key, or the call ends as EXPIRED.
 */
final class EventStream {
    /** How often a reader is told where it is when nothing happens. */
    static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private static final Comparator<Map.Entry<Key, Change>> BY_REVISION =
            Comparator.comparingLong(change -> change.getValue().revision());

    private final Events events;
    private final Set<Kind> kinds;
    private final String namespace;
    private final List<ShardReader> readers;
    private final boolean changesOnly;

    /** Keeps what has been reached in the order in which it is told. */
    private final ReentrantLock reaching = new ReentrantLock();

    // Guarded by the lock.
    private final Set<String> notReached = new HashSet<>();
    private Frontier reached = Frontier.EMPTY;

    /**
     * @param namespace empty for all objects
     * @param changesOnly leave out what there is
     */
    EventStream(
            Events events,
            Set<Kind> kinds,
            String namespace,
            List<ShardReader> readers,
            boolean changesOnly) {
        this.events = events;
        this.kinds = kinds;
        this.namespace = namespace;
        this.readers = readers;
        this.changesOnly = changesOnly;
        readers.forEach(reader -> notReached.add(reader.shard()));
    }

    /** Returns at once; the call is sent events for as long as it is open. */
    void follow(Frontier resume, PacedCall<FollowResponse> out) {
        for (ShardReader reader : readers) {
            Thread.startVirtualThread(() -> out.run(() -> follow(reader, resume, out)));
        }
    }

    private void follow(ShardReader reader, Frontier resume, PacedCall<FollowResponse> out)
            throws InterruptedException {
        String logId = resume.logId();
        long revision = resume.revision(reader.shard());
        Duration wait = Duration.ZERO;
        if (revision == 0) {
            Image image = reader.image();
            if (!changesOnly) {
                sendAll(image, out);
            }
            logId = image.logId();
            revision = image.revision();
            reach(reader.shard(), logId, revision, out);
            wait = HEARTBEAT;
        }
        while (out.isOpen()) {
            switch (reader.next(logId, revision, wait)) {
                case Next.Expired expired ->
                        throw Failure.of(
                                        Reason.EXPIRED,
                                        "events of shard "
                                                + reader.shard()
                                                + " after revision "
                                                + revision
                                                + " are not kept any more; follow anew, without"
                                                + " resume")
                                .asException();
                case Next.Changes(var delta) -> {
                    for (var change :
                            delta.changes().entrySet().stream().sorted(BY_REVISION).toList()) {
                        send(change.getKey(), change.getValue(), out);
                    }
                    // A shard that was empty may have had no log id.
                    logId = delta.logId();
                    revision = delta.revision();
                    reach(reader.shard(), logId, revision, out);
                }
            }
            wait = HEARTBEAT;
        }
    }

    private void sendAll(Image image, PacedCall<FollowResponse> out) throws InterruptedException {
        for (Kind kind : kinds) {
            var from = new Key(kind.name(), namespace, "");
            for (var entry : image.objects().tailMap(from).entrySet()) {
                Key key = entry.getKey();
                if (!out.isOpen()
                        || !key.kind().equals(kind.name())
                        || !namespace.isEmpty() && !key.namespace().equals(namespace)) {
                    break;
                }
                Stored stored = entry.getValue();
                send(kind, key, stored.revision(), Optional.of(stored.value()), out);
            }
        }
    }

    private void send(Key key, Change change, PacedCall<FollowResponse> out)
            throws InterruptedException {
        Optional<Kind> kind = Events.kind(key.kind()).filter(kinds::contains);
        if (kind.isEmpty() || !namespace.isEmpty() && !key.namespace().equals(namespace)) {
            return;
        }
        Optional<Message> value =
                switch (change) {
                    case Change.Put put -> Optional.of(put.value());
                    case Change.Remove remove -> Optional.empty();
                };
        send(kind.get(), key, change.revision(), value, out);
    }

    private void send(
            Kind kind,
            Key key,
            long revision,
            Optional<Message> value,
            PacedCall<FollowResponse> out)
            throws InterruptedException {
        Optional<ByteString> bytes = value.map(Message::toByteString);
        out.send(
                FollowResponse.newBuilder()
                        .setChange(events.event(kind, key, revision, bytes, Optional.empty()))
                        .build());
    }

    /** Everything of the shard up to the revision was sent; tells it once that is so of all. */
    private void reach(String shard, String logId, long revision, PacedCall<FollowResponse> out)
            throws InterruptedException {
        reaching.lockInterruptibly();
        try {
            notReached.remove(shard);
            if (revision > 0) {
                reached = reached.with(logId, shard, revision);
            }
            if (notReached.isEmpty()) {
                out.send(FollowResponse.newBuilder().setReached(reached.toProto()).build());
            }
        } finally {
            reaching.unlock();
        }
    }
}
