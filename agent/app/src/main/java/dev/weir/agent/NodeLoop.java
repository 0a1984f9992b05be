package dev.weir.agent;

import dev.weir.agent.derive.Attachment;
import dev.weir.agent.derive.NodeDeriver;
import dev.weir.agent.derive.NodeStep;
import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.node.v1.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The owner of the node's state: takes in what the shards and the runtime say, makes the node's
 * image, has the planes carry it, and tells what they carry. One thread does all of that, so every
 * other part only hands it events.
 *
 * <p>Until a shard is in sync nothing is programmed from it; what the kernel carries since before
 * the start stays.
 */
final class NodeLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NodeLoop.class);

    /** Events waiting; more hold back the change source, which conflates. */
    private static final int QUEUE = 1_000;

    /** After a plane failed, could not program something, or put something off. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /**
     * Between rounds, on average: what comes meanwhile is taken in together, for a round costs much
     * the same for one change and for some.
     */
    private static final Duration PACE = Duration.ofMillis(25);

    /**
     * What a pause saves up, at most: what follows from one write comes in a few parts, which do
     * not wait.
     */
    private static final Duration SAVED = PACE.multipliedBy(4);

    /** How long a close waits for the round that is under way. */
    private static final Duration LAST_ROUND = Duration.ofSeconds(5);

    /** What the node carries, for the reporter, the snapshot file and the probes. */
    record Carried(
            NodeImage image,
            Frontier programmed,
            List<Problem> problems,
            List<String> planesNotInSync) {}

    /** Somebody who wants to know when the planes carry what became of the pod. */
    private record Waiting(Key pod, CompletableFuture<Void> programmed) {}

    private final PlaneRow planes;
    private final NodeDeriver deriver;
    private final Duration refresh;
    private final Consumer<Carried> listener;
    private final BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>(QUEUE);
    private final Thread thread = Thread.ofPlatform().name("node").daemon().unstarted(this::run);
    private volatile boolean closed;

    // Owned by the thread.
    private NodeImage image = NodeImage.EMPTY;
    private final Heard heard = new Heard();
    private final Map<Key, Attachment> attachments = new HashMap<>();
    private boolean pending;
    private long due = System.nanoTime() - SAVED.toNanos();

    /** A round failed, and its deltas with it: the next one compares the images instead. */
    private boolean deltasLost;

    private final List<Waiting> waiting = new ArrayList<>();

    /**
     * @param planes in the order in which additions reach them
     * @param refresh how often the planes look for what somebody else changed
     * @param listener called by the loop's thread after each round
     */
    NodeLoop(
            List<PlaneDriver> planes,
            NodeDeriver deriver,
            Duration refresh,
            Consumer<Carried> listener) {
        this.planes = new PlaneRow(planes);
        this.deriver = deriver;
        this.refresh = refresh;
        this.listener = listener;
    }

    void start() {
        thread.start();
    }

    void accept(ShardUpdate update) {
        put(new NodeEvent.Shard(update));
    }

    /**
     * Completes when the planes that are in sync know the pod; until then its traffic is dropped.
     * While a plane fails, that is not yet.
     */
    CompletableFuture<Void> attach(Attachment attachment) {
        CompletableFuture<Void> programmed = new CompletableFuture<>();
        put(new NodeEvent.Attach(attachment, programmed));
        return programmed;
    }

    CompletableFuture<Void> detach(Key pod) {
        CompletableFuture<Void> programmed = new CompletableFuture<>();
        put(new NodeEvent.Detach(pod, programmed));
        return programmed;
    }

    /** State from before the start, taken for those shards that nothing has been heard of yet. */
    void lastSnapshot(Map<String, Image> images) {
        put(new NodeEvent.LastSnapshot(images));
    }

    /**
     * Asks what there is between two rounds, on the loop's thread: the question costs little. Never
     * waits; a loop with too much to do answers nobody (IllegalStateException).
     */
    <T> CompletableFuture<T> ask(Function<Moment, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Consumer<Moment> asker =
                moment -> {
                    try {
                        answer.complete(question.apply(moment));
                    } catch (RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                };
        if (closed || !events.offer(new NodeEvent.Question(asker))) {
            answer.completeExceptionally(
                    new IllegalStateException("the agent has too much to do, or stops"));
        }
        return answer;
    }

    private void put(NodeEvent event) {
        try {
            events.put(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long refreshed = System.nanoTime();
        while (!closed) {
            List<NodeEvent> batch = List.of();
            try {
                batch = next();
                long began = System.nanoTime();
                if (began - refreshed >= refresh.toNanos()) {
                    planes.refresh();
                    refreshed = System.nanoTime();
                }
                boolean asksOnly =
                        !batch.isEmpty()
                                && batch.stream().allMatch(NodeEvent.Question.class::isInstance);
                if (!asksOnly || pending) {
                    round(batch);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("A round of the node loop failed; what is programmed stays", e);
                pending = true;
                deltasLost = true;
            }
            answer(batch);
        }
    }

    /** What a round is of; nothing when it is time for one anyhow. */
    private List<NodeEvent> next() throws InterruptedException {
        List<NodeEvent> batch = new ArrayList<>();
        NodeEvent first =
                events.poll((pending ? RETRY : refresh).toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
            long now = System.nanoTime();
            due = Math.max(due, now - SAVED.toNanos()) + PACE.toNanos();
            TimeUnit.NANOSECONDS.sleep(due - now);
            batch.add(first);
            events.drainTo(batch);
        }
        return batch;
    }

    private void round(List<NodeEvent> batch) {
        for (NodeEvent event : batch) {
            switch (event) {
                case NodeEvent.Shard(var update) -> heard.take(update);
                case NodeEvent.Attach(var attachment, var programmed) -> {
                    attachments.put(attachment.pod(), attachment);
                    waiting.add(new Waiting(attachment.pod(), programmed));
                }
                case NodeEvent.Detach(var pod, var programmed) -> {
                    attachments.remove(pod);
                    waiting.add(new Waiting(pod, programmed));
                }
                case NodeEvent.LastSnapshot(var images) -> heard.lastSnapshot(images);
                case NodeEvent.Question _ -> {}
            }
        }
        Map<String, Delta> deltas = heard.takeDeltas();
        NodeStep step =
                deriver.derive(
                        image,
                        heard.shards(),
                        deltasLost ? Map.of() : deltas,
                        attachments.values());
        image = step.to();
        deltasLost = false;
        boolean carried = planes.carry(step, heard.inSync());
        pending = planes.isUnfinished();
        listener.accept(planes.carried(image));
        if (carried) {
            waiting.forEach(this::answer);
            waiting.clear();
        }
    }

    private void answer(List<NodeEvent> batch) {
        for (NodeEvent event : batch) {
            if (event instanceof NodeEvent.Question(var asker)) {
                asker.accept(new Moment(planes.carried(image), planes::show, planes::traffic));
            }
        }
    }

    private void answer(Waiting pod) {
        planes.problem(pod.pod())
                .ifPresent(
                        problem ->
                                pod.programmed()
                                        .completeExceptionally(new IllegalStateException(problem)));
        pod.programmed().complete(null);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            // A plane is called by one thread at a time.
            if (thread.isAlive() && !thread.join(LAST_ROUND)) {
                LOG.warnf("The node loop is still at work after %s", LAST_ROUND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        planes.close();
    }
}
