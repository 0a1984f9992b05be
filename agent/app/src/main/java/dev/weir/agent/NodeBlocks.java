package dev.weir.agent;

import dev.weir.agent.cni.ipam.Block;
import dev.weir.agent.cni.ipam.BlockSource;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.changes.Image;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.Cidr;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.ClaimBlockRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The node's address blocks, as the control shard has them, and how it gets another. */
final class NodeBlocks implements BlockSource, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NodeBlocks.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofMillis(500);

    /** An answer of the control plane older than this says nothing about the present. */
    private static final Duration STALE = Duration.ofSeconds(30);

    private final String node;
    private final AgentsGrpc.AgentsBlockingStub agents;
    private final Supplier<Reporter.Acknowledged> acknowledged;
    private final Semaphore wanted = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("blocks").unstarted(this::run);
    private volatile Image control = Image.empty(Shards.CONTROL);

    /** More addresses than cool down at once on any node. */
    private static final int REMEMBERED = 10_000;

    /**
     * The control revision at which a released address was first seen to belong to no Pod. Guarded
     * by itself.
     */
    private final Map<Released, Long> goneAt =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Released, Long> eldest) {
                    return size() > REMEMBERED;
                }
            };

    NodeBlocks(String node, Channel channel, Supplier<Reporter.Acknowledged> acknowledged) {
        this.node = node;
        this.agents = AgentsGrpc.newBlockingStub(channel);
        this.acknowledged = acknowledged;
    }

    void start() {
        thread.start();
    }

    void observe(Image now) {
        control = now;
    }

    @Override
    public List<Block> blocks() {
        return control.all(Kinds.IP_BLOCK, IpBlock.class)
                .filter(block -> block.getSpec().getNodeName().equals(node))
                .map(
                        block ->
                                new Block(
                                        block.getSpec().getCidrsList().stream()
                                                .map(Cidr::of)
                                                .toList(),
                                        block.getSpec().getEpoch()))
                .sorted(Comparator.comparing(block -> block.cidrs().getFirst()))
                .toList();
    }

    @Override
    public void needBlock() {
        if (wanted.availablePermits() == 0) {
            wanted.release();
        }
    }

    @Override
    public Acknowledgement acknowledgement(Released released) {
        Reporter.Acknowledged latest = acknowledged.get();
        if (latest.atNanos() == 0 || System.nanoTime() - latest.atNanos() > STALE.toNanos()) {
            return Acknowledgement.UNKNOWN;
        }
        Image image = control;
        Set<String> addresses =
                released.addresses().stream().map(Object::toString).collect(Collectors.toSet());
        boolean stillThere =
                image.all(Kinds.POD, Pod.class)
                        .flatMap(pod -> pod.getStatus().getPodIpsList().stream())
                        .map(PodIp::getIp)
                        .anyMatch(addresses::contains);
        if (stillThere) {
            return Acknowledgement.PENDING;
        }
        long since;
        synchronized (goneAt) {
            since = goneAt.computeIfAbsent(released, key -> image.revision());
        }
        return latest.everywhere().revision(Shards.CONTROL) >= since
                ? Acknowledgement.EVERYWHERE
                : Acknowledgement.PENDING;
    }

    private void run() {
        try {
            while (true) {
                wanted.acquire();
                if (control.revision() == 0) {
                    // Before the first state of the control shard, having no block says nothing.
                    // Whoever needs one asks again.
                    Thread.sleep(RETRY.dividedBy(10));
                    wanted.drainPermits();
                    continue;
                }
                int before = blocks().size();
                claim(UUID.randomUUID().toString());
                // The block counts once it is in the image; until then asking again would get one
                // too many.
                for (int i = 0; i < DEADLINE.toMillis() / 10 && blocks().size() == before; i++) {
                    Thread.sleep(10);
                }
                wanted.drainPermits();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Tries until there is an answer, with the same request id, so that no answer is lost on the
     * way.
     */
    private void claim(String requestId) throws InterruptedException {
        ClaimBlockRequest request =
                ClaimBlockRequest.newBuilder().setNodeName(node).setRequestId(requestId).build();
        while (true) {
            try {
                var unused =
                        agents.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                                .claimBlock(request);
                return;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != io.grpc.Status.Code.UNAVAILABLE) {
                    LOG.warnf(
                            "No further block of pod addresses: %s",
                            e.getStatus().getDescription());
                }
                Thread.sleep(RETRY);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
