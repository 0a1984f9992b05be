package dev.weir.agent;

import dev.weir.changes.Frontier;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.ReportResponse;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells the control plane what the node carries: at once when it changes, though never more often
 * than {@link #FASTEST}, and in any case at the interval, because silence makes a node unreachable.
 * Only the latest state is sent.
 */
final class Reporter implements AutoCloseable {
    /** At most 20 reports a second. */
    static final Duration FASTEST = Duration.ofMillis(50);

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final String node;
    private final String proxy;
    private final String instance;
    private final AgentsGrpc.AgentsBlockingStub agents;
    private final Duration interval;
    private final Thread thread = Thread.ofVirtual().name("reporter").unstarted(this::run);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private NodeLoop.Carried latest;
    private boolean fresh;
    private volatile Acknowledged acknowledged = new Acknowledged(Frontier.EMPTY, false, 0);

    /**
     * What every reachable node carries.
     *
     * @param atNanos {@link System#nanoTime} of the control plane's answer; 0 when there never was
     *     one
     */
    record Acknowledged(Frontier everywhere, boolean nodesUnreachable, long atNanos) {}

    /**
     * @param proxy {@code NAMESPACE/NAME} of the pod that reports; empty for the node itself
     */
    Reporter(
            String node,
            String proxy,
            String instance,
            Channel channel,
            Duration interval,
            NodeLoop.Carried nothing) {
        this.node = node;
        this.proxy = proxy;
        this.instance = instance;
        this.agents = AgentsGrpc.newBlockingStub(channel);
        this.interval = interval;
        this.latest = nothing;
    }

    void start() {
        thread.start();
    }

    void carried(NodeLoop.Carried now) {
        lock.lock();
        try {
            fresh |=
                    !now.programmed().equals(latest.programmed())
                            || !now.problems().equals(latest.problems())
                            || !now.planesNotInSync().equals(latest.planesNotInSync());
            latest = now;
            if (fresh) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    Acknowledged acknowledged() {
        return acknowledged;
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                send(next());
                Thread.sleep(FASTEST);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private NodeLoop.Carried next() throws InterruptedException {
        lock.lock();
        try {
            long left = interval.toNanos();
            while (!fresh && left > 0) {
                left = changed.awaitNanos(left);
            }
            fresh = false;
            return latest;
        } finally {
            lock.unlock();
        }
    }

    private void send(NodeLoop.Carried carried) {
        try {
            ReportResponse response =
                    agents.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                            .report(
                                    ReportRequest.newBuilder()
                                            .setNodeName(node)
                                            .setProxy(proxy)
                                            .setInstance(instance)
                                            .setProgrammed(carried.programmed().toProto())
                                            .addAllProblems(carried.problems())
                                            .addAllPlanesNotInSync(carried.planesNotInSync())
                                            .build());
            acknowledged =
                    new Acknowledged(
                            Frontier.of(response.getAcknowledged()),
                            response.getNodesUnreachable(),
                            System.nanoTime());
        } catch (StatusRuntimeException unreachable) {
            // The next report says it all again; the change source tells of a control plane that is
            // gone.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
