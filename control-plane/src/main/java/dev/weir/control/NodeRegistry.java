package dev.weir.control;

import dev.weir.changes.Frontier;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.ReportRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What nodes and proxies last reported, by name; a proxy's has a slash, a node's has none. Status,
 * so it is never logged: after a restart they report again. Guarded by its monitor, which is
 * notified of every report.
 *
 * <p>Alone it carries reports to itself; with other replicas something between them does.
 */
public final class NodeRegistry implements NodeReports {
    private final long silenceNanos;
    private final long startNanos = System.nanoTime();
    private final Map<String, NodeState> nodes = new HashMap<>();
    private long version;

    /**
     * @param reportedNanos {@link System#nanoTime} when the last report came here
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

    /** Takes a report that has just been made. */
    @Override
    public synchronized void publish(ReportRequest report) {
        nodes.put(
                report.getProxy().isEmpty() ? report.getNodeName() : report.getProxy(),
                new NodeState(
                        report.getInstance(),
                        Frontier.of(report.getProgrammed()),
                        report.getProblemsList(),
                        System.nanoTime()));
        version++;
        notifyAll();
    }

    /** What the node last said; nothing programmed when it never did. */
    public synchronized NodeState state(String node) {
        return nodes.getOrDefault(node, new NodeState("", Frontier.EMPTY, List.of(), startNanos));
    }

    public boolean isReachable(String node) {
        return isReachable(node, startNanos);
    }

    /**
     * Whether the node was heard of since then, or may yet be.
     *
     * @param sinceNanos {@link System#nanoTime} before which silence says nothing
     */
    boolean isReachable(String node, long sinceNanos) {
        long reported = state(node).reportedNanos();
        long from = reported - sinceNanos > 0 ? reported : sinceNanos;
        return System.nanoTime() - from < silenceNanos;
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
