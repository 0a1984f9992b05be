package dev.weir.agent;

import com.google.protobuf.FieldMask;
import dev.weir.agent.Registrations.Action;
import dev.weir.changes.Image;
import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.UpdatePodRequest;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * Keeps the Pod objects of this node's pods true. Never in the way of a runtime's call: what cannot
 * be written now is written when the control plane is back.
 */
final class PodRegistrar implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PodRegistrar.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /**
     * Between attempts while something could not be written, or while the answer has not come back
     * on the stream.
     */
    private static final Duration RETRY = Duration.ofMillis(200);

    /** After a refusal, which only somebody else's change can turn. */
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(5);

    /** When nothing is left to write. */
    private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Registrations registrations;
    private final PodsGrpc.PodsBlockingStub pods;
    private final Clock clock;
    private final Thread thread = Thread.ofVirtual().name("pod-registrar").unstarted(this::run);

    // Guarded by the lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Key, LocalState> locals = new HashMap<>();
    private Image control = Image.empty(Shards.CONTROL);
    private boolean dirty;

    /**
     * The revision of each Pod as last written here: older ones on the stream are not judged again.
     * Owned by the thread.
     */
    private final Map<Key, Long> writtenAt = new HashMap<>();

    /** The log of those revisions. Owned by the thread. */
    private String logId = "";

    /** What was said of pods that could not be registered. Owned by the thread. */
    private final Map<Key, String> told = new HashMap<>();

    PodRegistrar(Registrations registrations, Channel channel, Clock clock) {
        this.registrations = registrations;
        this.pods = PodsGrpc.newBlockingStub(channel);
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    void observe(Image now) {
        change(() -> control = now);
    }

    void present(LocalState local) {
        change(() -> locals.put(local.pod(), local));
    }

    void absent(Key pod) {
        change(() -> locals.remove(pod));
    }

    void ready(Key pod, boolean ready) {
        change(
                () ->
                        locals.computeIfPresent(
                                pod,
                                (key, local) ->
                                        new LocalState(
                                                key, local.addresses(), local.labels(), ready)));
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            dirty = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            Duration pause = NEVER;
            while (!Thread.interrupted()) {
                Image image;
                Map<Key, LocalState> here;
                lock.lock();
                try {
                    long left = pause.toNanos();
                    while (!dirty && left > 0) {
                        left = changed.awaitNanos(left);
                    }
                    dirty = false;
                    image = control;
                    here = Map.copyOf(locals);
                } finally {
                    lock.unlock();
                }
                // Before the first state of the control shard, absence says nothing.
                pause = image.revision() > 0 ? write(image, here) : NEVER;
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when to try again what is left. */
    private Duration write(Image image, Map<Key, LocalState> here) {
        Duration again = NEVER;
        if (!image.logId().equals(logId)) {
            writtenAt.clear();
            logId = image.logId();
        }
        writtenAt.values().removeIf(revision -> revision <= image.revision());
        told.keySet().removeIf(key -> !here.containsKey(key) && image.get(key).isEmpty());
        for (Action action : registrations.plan(image, here, clock.instant())) {
            Pod pod =
                    switch (action) {
                        case Action.Create(var created) -> created;
                        case Action.Bind(var bound) -> bound;
                        case Action.Delete(var deleted) -> deleted;
                    };
            Key key = new Key("Pod", pod.getMetadata().getNamespace(), pod.getMetadata().getName());
            if (image.revision() < writtenAt.getOrDefault(key, 0L)) {
                again = RETRY;
                continue;
            }
            try {
                writtenAt.put(key, carryOut(action, pod));
                told.remove(key);
            } catch (StatusRuntimeException e) {
                String why = e.getStatus().toString();
                if (e.getStatus().getCode() == Status.Code.UNAVAILABLE
                        || e.getStatus().getCode() == Status.Code.ABORTED) {
                    again = RETRY;
                } else {
                    again = again.compareTo(AFTER_REFUSAL) < 0 ? again : AFTER_REFUSAL;
                    if (!why.equals(told.put(key, why))) {
                        LOG.warnf("%s could not be registered, trying on: %s", key, why);
                    }
                }
            }
        }
        return again;
    }

    private long carryOut(Action action, Pod pod) {
        var stub = pods.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        return switch (action) {
            case Action.Create create ->
                    stub.create(CreatePodRequest.newBuilder().setObject(pod).build())
                            .getCommit()
                            .getRevision();
            case Action.Bind bind ->
                    stub.update(
                                    UpdatePodRequest.newBuilder()
                                            .setObject(pod)
                                            .setUpdateMask(
                                                    FieldMask.newBuilder()
                                                            .addPaths("status")
                                                            .addPaths("spec.node_name"))
                                            .setExpectedRevision(revision(pod))
                                            .build())
                            .getCommit()
                            .getRevision();
            case Action.Delete delete ->
                    stub.delete(
                                    DeleteRequest.newBuilder()
                                            .setNamespace(pod.getMetadata().getNamespace())
                                            .setName(pod.getMetadata().getName())
                                            .setExpectedRevision(revision(pod))
                                            .build())
                            .getCommit()
                            .getRevision();
        };
    }

    private static long revision(Pod pod) {
        return Long.parseLong(pod.getMetadata().getResourceVersion());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
