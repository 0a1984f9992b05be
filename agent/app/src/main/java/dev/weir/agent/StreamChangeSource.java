package dev.weir.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ObjectChange;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Follows the shards over the gRPC stream of a control plane. A stream that ends is opened again,
 * from where the reader is. What cannot be read stops the stream with an alarm in the log, and the
 * last good state stays.
 */
public final class StreamChangeSource implements ChangeSource {
    private static final Logger LOG = Logger.getLogger(StreamChangeSource.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(1);

    private final ManagedChannel channel;
    private final Function<FollowRequest, Iterator<FollowResponse>> stream;
    private final Thread thread;
    private volatile boolean connected;
    private volatile boolean closed;

    // Owned by the thread, from start on.
    private Collection<String> shards = List.of();
    private Frontier position = Frontier.EMPTY;
    private Consumer<ShardUpdate> updates = update -> {};
    private final Map<String, Delta> unfinished = new HashMap<>();
    private final Trouble trouble = new Trouble(LOG);

    /** The shards that nodes follow. */
    public StreamChangeSource(String node, ManagedChannel channel) {
        this(
                channel,
                request ->
                        AgentsGrpc.newBlockingStub(channel)
                                .follow(request.toBuilder().setNodeName(node).build()));
    }

    /**
     * @param stream opens a stream on the channel, in the present context; it may start with a
     *     snapshot wherever the request wants to go on
     */
    StreamChangeSource(
            ManagedChannel channel, Function<FollowRequest, Iterator<FollowResponse>> stream) {
        this.channel = channel;
        this.stream = stream;
        this.thread = Thread.ofVirtual().name("change-source").unstarted(this::run);
    }

    @Override
    public void start(
            Collection<String> followed, Frontier resume, Consumer<ShardUpdate> consumer) {
        shards = followed;
        position = resume;
        updates = consumer;
        thread.start();
    }

    @Override
    public boolean connected() {
        return connected;
    }

    private void run() {
        Duration pause = FIRST_RETRY;
        while (!closed) {
            try {
                FollowRequest request =
                        FollowRequest.newBuilder()
                                .addAllShards(shards)
                                .setResume(position.toProto())
                                .build();
                unfinished.clear();
                // Else grpc waits up to two minutes between attempts to connect.
                channel.resetConnectBackoff();
                // Whatever ends the reading ends the call, too.
                try (Context.CancellableContext call = Context.current().withCancellation()) {
                    for (var messages = open(call, request); messages.hasNext(); ) {
                        accept(messages.next());
                        connected = true;
                        trouble.over();
                        pause = FIRST_RETRY;
                    }
                }
            } catch (io.grpc.StatusRuntimeException e) {
                if (connected && !closed) {
                    LOG.warnf("The stream from the control plane ended: %s", e.getStatus());
                }
            } catch (IllegalArgumentException e) {
                trouble.is(
                        "The node keeps its last good state, because of a change that it cannot"
                                + " read: "
                                + e.getMessage());
                pause = LAST_RETRY;
            }
            connected = false;
            LockSupport.parkNanos(pause.toNanos());
            pause =
                    pause.multipliedBy(2).compareTo(LAST_RETRY) > 0
                            ? LAST_RETRY
                            : pause.multipliedBy(2);
        }
    }

    private Iterator<FollowResponse> open(Context context, FollowRequest request) {
        Context former = context.attach();
        try {
            return stream.apply(request);
        } finally {
            context.detach(former);
        }
    }

    private void accept(FollowResponse message) {
        Delta delta =
                new Delta(
                        message.getShard(),
                        message.getLogId(),
                        message.getRevision(),
                        Frontier.of(message.getAfter()),
                        changes(message));
        if (!message.getSnapshot()) {
            deliver(new ShardUpdate.Changes(delta), delta);
            return;
        }
        Delta whole =
                unfinished.containsKey(delta.shard())
                        ? unfinished.remove(delta.shard()).then(delta)
                        : delta;
        if (message.getMore()) {
            unfinished.put(delta.shard(), whole);
        } else {
            deliver(new ShardUpdate.Snapshot(Image.empty(delta.shard()).apply(whole)), whole);
        }
    }

    private void deliver(ShardUpdate update, Delta delta) {
        updates.accept(update);
        position = position.with(delta.logId(), delta.shard(), delta.revision());
    }

    private static SortedMap<Key, Change> changes(FollowResponse message) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (ObjectChange change : message.getChangesList()) {
            Key key = Key.of(change.getKey());
            changes.put(
                    key,
                    change.hasPut()
                            ? new Change.Put(packed(key, change))
                            : new Change.Remove(change.getRevision()));
        }
        return changes;
    }

    private static Stored packed(Key key, ObjectChange change) {
        Kind kind =
                Kinds.named(key.kind())
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                key
                                                        + " is of a kind that this version does not"
                                                        + " know. Upgrade the agent."));
        try {
            return Stored.packed(kind, change.getPut().getValue(), change.getRevision());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "the bytes of " + key + " are damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            // Whoever closes the channel next finds no call on it.
            if (thread.isAlive() && !thread.join(LAST_RETRY)) {
                LOG.warnf("The stream is still being read after %s", LAST_RETRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
