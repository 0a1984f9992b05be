package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.BlockSource;
import dev.weir.agent.cni.ipam.Ipam;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.model.Key;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The agent's side of CNI: attaches pods to this node as runtimes ask for it.
 *
 * <p>{@link #open} reads the journal, so that {@link #existing} tells the pods of this node before
 * anything is programmed; {@link #start} serves. {@link #close} leaves every link in place.
 */
public final class CniServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(CniServer.class.getName());
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** How often journal, kernel and queue are compared. */
    private static final Duration RECONCILE_EVERY = Duration.ofMinutes(1);

    private final CniSettings settings;
    private final Ipam ipam;
    private final PodLink link;
    private final Attachments attachments;
    private final Reconciler reconciler;
    private final CniPlugin plugin;
    private final DeleteQueue queue;
    private final String bootId;
    private final ShimListener listener;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("cni-timer").daemon().factory());

    CniServer(CniSettings settings, PodNetwork network, BlockSource blocks, PodLink link)
            throws IOException {
        this.settings = settings;
        this.link = link;
        this.bootId = Files.readString(BOOT_ID).strip();
        this.ipam = Ipam.open(settings.journal(), blocks, InstantSource.system());
        this.attachments = new Attachments(ipam, link, network);
        this.reconciler = new Reconciler(ipam, link, attachments, bootId, InstantSource.system());
        this.plugin = new CniPlugin(attachments, bootId);
        this.queue = new DeleteQueue(settings.queue());
        this.listener = new ShimListener(settings.socket(), plugin, timer);
    }

    /**
     * @throws IOException also if another agent uses the same journal, or the journal is damaged
     */
    public static CniServer open(CniSettings settings, PodNetwork network, BlockSource blocks)
            throws IOException {
        return new CniServer(
                settings, network, blocks, new VethLink(settings.node(), settings.nodeAddresses()));
    }

    /** The pods of this node, and reserved addresses, as journaled. */
    public Collection<PodAttachment> existing() {
        return attachments.existing();
    }

    /**
     * An address for something that the agent itself serves, such as names; the same one each time,
     * also after a restart. No link is made for it. Empty while no address is free: more blocks are
     * asked for, so try again.
     */
    public Optional<PodAttachment> reserve(String name, Key pod, Map<String, String> labels)
            throws IOException {
        AttachmentKey key = AttachmentKey.reserved(name);
        return attachments.reserve(
                new PodAttachment(
                        key, pod, "", labels, List.of(), "", "", "", bootId, Instant.EPOCH));
    }

    /**
     * Makes the node forward, brings journal and kernel into agreement, works off the queued
     * deletes, and then accepts calls.
     *
     * @throws IOException also if another agent serves the socket
     */
    public void start() throws IOException, InterruptedException {
        link.prepareNode();
        try {
            reconciler.reconcile();
        } catch (CniException e) {
            throw new IOException(e.getMessage(), e);
        }
        queue.drain(this::deleteQueued);
        listener.start();
        long period = RECONCILE_EVERY.toMillis();
        var unused =
                timer.scheduleWithFixedDelay(
                        this::reconcile, period, period, TimeUnit.MILLISECONDS);
        LOG.log(Level.INFO, "CNI calls are served at {0}", settings.socket());
    }

    private void reconcile() {
        try {
            reconciler.reconcile();
            queue.drain(this::deleteQueued);
        } catch (CniException | IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "reconciling pods failed; it is tried again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What cannot be decoded never will be, so it is dropped. */
    private boolean deleteQueued(byte[] bytes) throws InterruptedException {
        try {
            return plugin.queuedDelete(ShimListener.decode(bytes));
        } catch (CniException e) {
            LOG.log(Level.WARNING, "dropping a queued delete: {0}", e.getMessage());
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        timer.shutdownNow();
        ipam.close();
    }
}
