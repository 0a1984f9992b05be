package dev.weir.control;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Image;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Node;
import dev.weir.log.Shard;
import dev.weir.log.Write;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/**
 * Keeps each Node's condition Ready true to what the node reports: True while it does, Unknown once
 * it is silent. Written only when it changes, so reports themselves cost no write. Before a node
 * has reported or been silent for long enough, nothing is said anew.
 */
final class NodeReadiness implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NodeReadiness.class);
    private static final Duration STEP = Duration.ofMillis(500);

    private final Shard control;
    private final NodeRegistry registry;
    private final Clock clock;
    private final long startNanos = System.nanoTime();
    private final Thread thread = Thread.ofVirtual().name("node-readiness").unstarted(this::run);

    NodeReadiness(Shard control, NodeRegistry registry, Clock clock) {
        this.control = control;
        this.registry = registry;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                long version = registry.version();
                if (!changes(control.image(), 0).isEmpty()) {
                    write();
                }
                registry.awaitChange(version, STEP);
                Thread.sleep(STEP.dividedBy(10));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            control.write(Write.of(pending -> changes(pending.image(), pending.revision()))).join();
        } catch (CompletionException e) {
            LOG.warnf("The state of the nodes could not be written: %s", e.getCause());
        }
    }

    private TreeMap<Key, Optional<Message>> changes(Image image, long revision) {
        TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
        image.all(Kinds.NODE, Node.class)
                .forEach(
                        node ->
                                wanted(node.getMetadata().getName())
                                        .filter(ready -> !ready.getStatus().equals(status(node)))
                                        .ifPresent(
                                                ready ->
                                                        changes.put(
                                                                Kinds.NODE.key(
                                                                        "",
                                                                        node.getMetadata()
                                                                                .getName()),
                                                                Optional.of(
                                                                        with(
                                                                                node, ready,
                                                                                revision)))));
        return changes;
    }

    /** What to say of the node; nothing while it is too early to tell. */
    private Optional<Condition> wanted(String node) {
        boolean reachable = registry.isReachable(node, startNanos);
        if (reachable && registry.state(node).instance().isEmpty()) {
            return Optional.empty();
        }
        Timestamp now = Timestamp.newBuilder().setSeconds(clock.instant().getEpochSecond()).build();
        Condition.Builder ready =
                Condition.newBuilder().setType("Ready").setLastTransitionTime(now);
        return Optional.of(
                reachable
                        ? ready.setStatus("True").setReason("AgentReports").build()
                        : ready.setStatus("Unknown")
                                .setReason("NodeStatusUnknown")
                                .setMessage("The agent stopped reporting.")
                                .build());
    }

    private static String status(Node node) {
        return node.getStatus().getConditionsList().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(Condition::getStatus)
                .findFirst()
                .orElse("");
    }

    private static Node with(Node node, Condition ready, long revision) {
        Node.Builder changed = node.toBuilder();
        changed.getStatusBuilder()
                .clearConditions()
                .addAllConditions(
                        node.getStatus().getConditionsList().stream()
                                .filter(condition -> !condition.getType().equals("Ready"))
                                .toList())
                .addConditions(ready);
        changed.getMetadataBuilder().setResourceVersion(Long.toString(revision));
        return changed.build();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
