package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.Decision.Granted;
import dev.weir.agent.cni.ipam.Decision.Refused;
import dev.weir.agent.cni.ipam.Ipam;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Attaches and detaches pods, each as one step: addresses (journaled), then the link, then the
 * agent's planes; undone in the reverse order. Safe for many threads; calls for one key wait for
 * each other.
 */
final class Attachments {
    /** How long an ADD waits until the agent is in sync and a block has a free address. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** How long an ADD waits for the planes. With {@link #PATIENCE}, less than the shim waits. */
    static final Duration PROGRAMMING_LIMIT = Duration.ofSeconds(10);

    private static final Logger LOG = System.getLogger(Attachments.class.getName());
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int LOCKS = 64;

    private final Ipam ipam;
    private final PodLink link;
    private final PodNetwork network;
    private final Lock[] locks =
            IntStream.range(0, LOCKS).mapToObj(i -> new ReentrantLock()).toArray(Lock[]::new);

    Attachments(Ipam ipam, PodLink link, PodNetwork network) {
        this.ipam = ipam;
        this.link = link;
        this.network = network;
    }

    /**
     * An attachment that is up.
     *
     * @param mtu of both ends of its link, in bytes
     * @param created false if it was up before
     */
    record Attached(PodAttachment attachment, int mtu, boolean created) {}

    private interface Work<T> {
        T run() throws CniException, IOException, InterruptedException;
    }

    private <T> T locked(AttachmentKey key, Work<T> work)
            throws CniException, IOException, InterruptedException {
        Lock lock = locks[Math.floorMod(key.hashCode(), LOCKS)];
        lock.lockInterruptibly();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    Collection<PodAttachment> existing() {
        return ipam.held();
    }

    Optional<PodAttachment> find(AttachmentKey key) {
        return ipam.find(key);
    }

    /** Why no pod can be attached now; empty if one can. */
    Optional<String> cannotAttach() {
        Optional<String> notReady = network.notReady();
        if (notReady.isEmpty() && ipam.free(1) == 0) {
            ipam.replenish();
            return Optional.of("no free pod address on this node");
        }
        return notReady;
    }

    /**
     * Attaches, or answers what is attached already in the same namespace. One in another namespace
     * is replaced: its DEL got lost and the runtime uses the id again.
     */
    Attached attach(PodAttachment wanted, Set<IpAddress> requested)
            throws CniException, IOException, InterruptedException {
        return locked(
                wanted.key(),
                () -> {
                    long deadline = System.nanoTime() + PATIENCE.toNanos();
                    awaitReady(deadline);
                    Optional<PodAttachment> former = ipam.find(wanted.key());
                    if (former.isPresent()) {
                        if (isUp(former.get(), wanted)) {
                            program(former.get());
                            return new Attached(former.get(), link.mtu(), false);
                        }
                        remove(former.get());
                    }
                    return create(allocate(wanted, requested, deadline));
                });
    }

    private boolean isUp(PodAttachment former, PodAttachment wanted)
            throws IOException, InterruptedException {
        return former.netns().equals(wanted.netns())
                && former.bootId().equals(wanted.bootId())
                && link.fault(former).isEmpty();
    }

    private Attached create(PodAttachment pod)
            throws CniException, IOException, InterruptedException {
        boolean done = false;
        try {
            link.attach(pod);
            program(pod);
            done = true;
            return new Attached(pod, link.mtu(), true);
        } finally {
            if (!done) {
                undo(pod);
            }
        }
    }

    private void undo(PodAttachment pod) throws InterruptedException {
        try {
            remove(pod);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "cannot undo the attachment of " + pod.key() + "; reconciling will",
                    e);
        }
    }

    private void awaitReady(long deadline) throws CniException, InterruptedException {
        for (var reason = network.notReady(); reason.isPresent(); reason = network.notReady()) {
            if (System.nanoTime() > deadline) {
                throw new CniException(CniException.TRY_AGAIN_LATER, reason.get());
            }
            Thread.sleep(POLL);
        }
    }

    private PodAttachment allocate(PodAttachment wanted, Set<IpAddress> requested, long deadline)
            throws CniException, IOException, InterruptedException {
        while (true) {
            switch (ipam.allocate(wanted, requested)) {
                case Granted(var attachment) -> {
                    return attachment;
                }
                case Refused(var reason, var message) -> {
                    int code =
                            switch (reason) {
                                case EXHAUSTED -> CniException.NO_ADDRESS;
                                case NOT_OURS -> CniException.INVALID_CONFIG;
                                case IN_USE -> CniException.ADDRESS_IN_USE;
                                case COOLING -> CniException.TRY_AGAIN_LATER;
                            };
                    if (code != CniException.NO_ADDRESS || System.nanoTime() > deadline) {
                        throw new CniException(code, message);
                    }
                    Thread.sleep(POLL);
                }
            }
        }
    }

    private void program(PodAttachment pod) throws CniException, InterruptedException {
        try {
            network.podAdded(pod)
                    .toCompletableFuture()
                    .get(PROGRAMMING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new CniException(
                    CniException.TRY_AGAIN_LATER, "the node's planes do not carry the pod", e);
        } catch (TimeoutException e) {
            throw new CniException(
                    CniException.TRY_AGAIN_LATER,
                    "the node's planes do not carry the pod within " + PROGRAMMING_LIMIT);
        }
    }

    /** Succeeds also for what is not attached, or half. */
    Optional<PodAttachment> detach(AttachmentKey key)
            throws CniException, IOException, InterruptedException {
        return locked(
                key,
                () -> {
                    Optional<PodAttachment> pod = ipam.find(key);
                    if (pod.isPresent()) {
                        remove(pod.get());
                    } else {
                        link.detach(key);
                    }
                    return pod;
                });
    }

    private void remove(PodAttachment pod) throws IOException, InterruptedException {
        network.podRemoved(pod);
        if (!pod.key().isReserved()) {
            link.detach(pod.key());
        }
        ipam.release(pod.key());
    }

    Optional<String> fault(PodAttachment pod) throws IOException, InterruptedException {
        return link.fault(pod);
    }

    /** Gives an address that stays until {@link #detach}; empty while none is free. */
    Optional<PodAttachment> reserve(PodAttachment wanted) throws IOException {
        return switch (ipam.allocate(wanted, Set.of())) {
            case Granted(var attachment) -> Optional.of(attachment);
            case Refused refused -> Optional.empty();
        };
    }

    /** Detaches if that is still right once no other call for the key is under way. */
    void detachIf(AttachmentKey key, BooleanSupplier still)
            throws CniException, IOException, InterruptedException {
        Optional<PodAttachment> unused =
                locked(key, () -> still.getAsBoolean() ? detach(key) : Optional.empty());
    }
}
