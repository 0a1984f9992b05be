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
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One agent's stream: for each shard a snapshot, unless the agent can resume, and then deltas. A
 * slow agent holds nothing but its position; what it missed reaches it conflated by key, or as a
 * new snapshot.
 */
final class FollowStream {
    /**
     * Objects in one message of a snapshot; small enough for the default limit of 4 MiB a message.
     */
    static final int CHUNK = 500;

    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration BLOCKED_POLL = Duration.ofMillis(10);

    private final ServerCallStreamObserver<FollowResponse> out;

    /** Keeps the messages of the shards' threads apart. */
    private final ReentrantLock sending = new ReentrantLock();

    FollowStream(ServerCallStreamObserver<FollowResponse> out) {
        this.out = out;
    }

    /** Follows one shard for as long as the call is open. */
    void run(ShardReader reader, Frontier resume) throws InterruptedException {
        String logId = resume.logId();
        long revision = resume.revision(reader.shard());
        Duration wait = Duration.ZERO;
        if (revision == 0 || !logId.equals(reader.image().logId())) {
            Image image = reader.image();
            snapshot(image);
            logId = image.logId();
            revision = image.revision();
            wait = IDLE;
        }
        while (!out.isCancelled()) {
            switch (reader.next(logId, revision, wait)) {
                case Next.Expired expired -> {
                    Image image = reader.image();
                    snapshot(image);
                    logId = image.logId();
                    revision = image.revision();
                }
                case Next.Changes(var delta) -> {
                    // The first answer is sent even when it is empty: it tells the agent that it is
                    // in sync.
                    if (delta.revision() != revision || wait.isZero()) {
                        delta(delta);
                    }
                    revision = delta.revision();
                }
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
            for (int i = 0; i < CHUNK && objects.hasNext(); i++) {
                var entry = objects.next();
                part.addChanges(
                        change(entry.getKey(), entry.getValue().revision())
                                .setPut(Any.pack(entry.getValue().value())));
            }
            send(part.setMore(objects.hasNext()).build());
        } while (objects.hasNext() && !out.isCancelled());
    }

    private void delta(Delta delta) throws InterruptedException {
        FollowResponse.Builder message =
                response(delta.shard(), delta.logId(), delta.revision(), delta.after());
        delta.changes()
                .forEach(
                        (key, change) ->
                                message.addChanges(
                                        switch (change) {
                                            case Change.Put(var value, var at) ->
                                                    change(key, at).setPut(Any.pack(value));
                                            case Change.Remove(var at) -> change(key, at);
                                        }));
        send(message.build());
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

    private void send(FollowResponse message) throws InterruptedException {
        sending.lockInterruptibly();
        try {
            while (!out.isReady() && !out.isCancelled()) {
                Thread.sleep(BLOCKED_POLL);
            }
            if (!out.isCancelled()) {
                out.onNext(message);
            }
        } finally {
            sending.unlock();
        }
    }
}
