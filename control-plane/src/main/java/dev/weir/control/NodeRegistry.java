package dev.weir.control;

import dev.weir.changes.Frontier;
import dev.weir.node.v1.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the nodes last reported. Status, so it is never logged: after a restart nodes report again.
 * Guarded by its monitor, which is notified of every report.
 */
public final class NodeRegistry {
    private final long silenceNanos;
    private final long startNanos = System.nanoTime();
    private final Map<String, NodeState> nodes = new HashMap<>();
    private long version;

    /**
     * @param reportedNanos {@link System#nanoTime} of the last report
     */
    public record NodeState(
            String instance, Frontier programmed, List<Problem> problems, long reportedNanos) {
        public NodeState {
            problems = List.copyOf(problems);
        }
    }

    /**
     * @param silence a node that does not report for this long is unreachable; counted from the
     *     later of its last report and the start of this process
     */
    public NodeRegistry(Duration silence) {
        this.silenceNanos = silence.toNanos();
    }

    public synchronized void report(String node, NodeState state) {
        nodes.put(node, state);
        version++;
        notifyAll();
    }

    /** A sign of life from a node that has yet to report; of another start, so nothing holds. */
    public synchronized void joined(String node, String instance) {
        if (!state(node).instance().equals(instance)) {
            report(node, new NodeState(instance, Frontier.EMPTY, List.of(), System.nanoTime()));
        }
    }

    /** What the node last said; nothing programmed when it never did. */
    public synchronized NodeState state(String node) {
        return nodes.getOrDefault(node, new NodeState("", Frontier.EMPTY, List.of(), startNanos));
    }

    public boolean isReachable(String node) {
        return System.nanoTime() - state(node).reportedNanos() < silenceNanos;
    }

    /** Grows with every report. */
    public synchronized long version() {
        return version;
    }

    /** Returns once the version is another one, or after the time. */
    public synchronized void awaitChange(long seen, Duration atMost) throws InterruptedException {
        if (version == seen) {
            wait(Math.max(1, atMost.toMillis()));
        }
    }
}
