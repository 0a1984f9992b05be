package dev.weir.control;

import com.google.protobuf.Any;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.ShardReader.Next;
import dev.weir.model.Key;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ObjectChange;
import dev.weir.server.PacedCall;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One agent's stream: for each shard a snapshot, unless the agent can resume, and then deltas. A
 * slow agent holds nothing but its position; what it missed reaches it conflated by key, or as a
 * new snapshot.
 */
final class FollowStream {
    /** Objects in one message of a snapshot, at most. */
    static final int CHUNK = 500;

    /** Bytes of objects after which a message of a snapshot is sent. */
    static final int CHUNK_BYTES = 1 << 20;

    /**
     * A longer way costs more than the whole, which comes in parts; agents take messages of 64 MiB
     * at most.
     */
    static final int MAX_DELTA_BYTES = 16 << 20;

    private static final Duration IDLE = Duration.ofSeconds(5);

    /**
     * Between deltas, on average: what is written meanwhile goes as one message, which costs the
     * agent much the same.
     */
    private static final Duration PACE = Duration.ofMillis(25);

    /** What a pause saves up, at most: what follows from one write is sent at once. */
    private static final Duration SAVED = PACE.multipliedBy(4);

    private final PacedCall<FollowResponse> out;

    FollowStream(ServerCallStreamObserver<FollowResponse> out) {
        this.out = new PacedCall<>(out);
    }

    /** Follows one shard for as long as the call is open. The first failure ends the call. */
    void follow(ShardReader reader, Frontier resume) {
        out.run(() -> run(reader, resume));
    }

    private void run(ShardReader reader, Frontier resume) throws InterruptedException {
        String logId = resume.logId();
        long revision = resume.revision(reader.shard());
        Duration wait = Duration.ZERO;
        long due = System.nanoTime() - SAVED.toNanos();
        if (revision == 0 || !logId.equals(reader.image().logId())) {
            Image image = reader.image();
            snapshot(image);
            logId = image.logId();
            revision = image.revision();
            wait = IDLE;
        }
        while (out.isOpen()) {
            Optional<FollowResponse> delta =
                    switch (reader.next(logId, revision, wait)) {
                        case Next.Expired expired -> Optional.empty();
                        case Next.Changes(var changes) -> Optional.of(message(changes));
                    };
            if (delta.isEmpty() || delta.get().getSerializedSize() > MAX_DELTA_BYTES) {
                Image image = reader.image();
                snapshot(image);
                logId = image.logId();
                revision = image.revision();
            } else if (delta.get().getRevision() != revision || wait.isZero()) {
                // The first answer is sent even when it is empty: it tells the agent that it is in
                // sync.
                out.send(delta.get());
                revision = delta.get().getRevision();
                long now = System.nanoTime();
                due = Math.max(due, now - SAVED.toNanos()) + PACE.toNanos();
                Thread.sleep(Math.max(0, TimeUnit.NANOSECONDS.toMillis(due - now)));
            }
            wait = IDLE;
        }
    }

    private void snapshot(Image image) throws InterruptedException {
        Iterator<Map.Entry<Key, dev.weir.changes.Stored>> objects =
                image.objects().entrySet().iterator();
        do {
            FollowResponse.Builder part =
                    response(image.shard(), image.logId(), image.revision(), image.after())
                            .setSnapshot(true);
            for (int bytes = 0;
                    bytes < CHUNK_BYTES && part.getChangesCount() < CHUNK && objects.hasNext(); ) {
                var entry = objects.next();
                Any object = entry.getValue().toAny();
                bytes += object.getSerializedSize();
                part.addChanges(change(entry.getKey(), entry.getValue().revision()).setPut(object));
            }
            out.send(part.setMore(objects.hasNext()).build());
        } while (objects.hasNext() && out.isOpen());
    }

    private static FollowResponse message(Delta delta) {
        FollowResponse.Builder message =
                response(delta.shard(), delta.logId(), delta.revision(), delta.after());
        delta.changes()
                .forEach(
                        (key, change) ->
                                message.addChanges(
                                        switch (change) {
                                            case Change.Put(var object) ->
                                                    change(key, object.revision())
                                                            .setPut(object.toAny());
                                            case Change.Remove(var at) -> change(key, at);
                                        }));
        return message.build();
    }

    private static FollowResponse.Builder response(
            String shard, String logId, long revision, Frontier after) {
        return FollowResponse.newBuilder()
                .setShard(shard)
                .setLogId(logId)
                .setRevision(revision)
                .setAfter(after.toProto());
    }

    private static ObjectChange.Builder change(Key key, long revision) {
        return ObjectChange.newBuilder().setKey(key.toProto()).setRevision(revision);
    }
}
