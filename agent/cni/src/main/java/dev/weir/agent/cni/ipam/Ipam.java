package dev.weir.agent.cni.ipam;

import dev.weir.agent.cni.ipam.Decision.Granted;
import dev.weir.agent.cni.ipam.JournalEntry.Allocated;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The node's addresses: the allocator's decisions, made durable. What is answered here survives a
 * crash. Safe for many threads; one at a time decides.
 */
public final class Ipam implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Ipam.class.getName());

    /** So many free addresses are kept ahead. */
    static final int WATERMARK = 8;

    /** A journal below this many entries is not worth compacting. */
    private static final int COMPACT_FROM = 1024;

    /** Compact when so many times more is to be replayed than is needed. */
    private static final int COMPACT_FACTOR = 4;

    private final BlockSource source;
    private final InstantSource clock;
    private final Journal journal;

    /** Changed under {@link #lock} only; immutable, so reading needs no lock. */
    private volatile Allocations state = Allocations.EMPTY;

    private final ReentrantLock lock = new ReentrantLock();

    private Ipam(Path file, BlockSource source, InstantSource clock) throws IOException {
        this.source = source;
        this.clock = clock;
        this.journal = Journal.open(file, entry -> state = state.apply(entry));
    }

    public static Ipam open(Path file, BlockSource source, InstantSource clock) throws IOException {
        return new Ipam(file, source, clock);
    }

    public Optional<PodAttachment> find(AttachmentKey key) {
        return Optional.ofNullable(state.held().get(key));
    }

    /** All that have addresses, in no order. */
    public Collection<PodAttachment> held() {
        return state.held().values();
    }

    /** How many more pods could be given addresses now, counted up to the limit. */
    public long free(int limit) {
        return allocator().free(state, limit);
    }

    /**
     * Gives the attachment addresses of all families of one block, or none; if its key has some, it
     * is answered what it has. Asks for a block when few are left.
     *
     * @param wanted its addresses and time are ignored
     * @param requested addresses it must get, of any family; may be empty
     * @throws IOException if the disk refuses; nothing is given then
     */
    public Decision allocate(PodAttachment wanted, Set<IpAddress> requested) throws IOException {
        lock.lock();
        try {
            Optional<PodAttachment> had = find(wanted.key());
            if (had.isPresent()) {
                return new Granted(had.get());
            }
            Decision decision = allocator().allocate(state, wanted, requested);
            if (decision instanceof Granted(var attachment)) {
                record(new Allocated(attachment));
            }
            return decision;
        } finally {
            lock.unlock();
            replenish();
        }
    }

    /** Takes the addresses back. Nothing happens if the key has none. */
    public void release(AttachmentKey key) throws IOException {
        lock.lock();
        try {
            Optional<PodAttachment> gone = find(key);
            if (gone.isPresent()) {
                record(new Released(key, gone.get().addresses(), clock.instant()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks for one more block if few addresses are free. */
    public void replenish() {
        if (free(WATERMARK) < WATERMARK) {
            source.needBlock();
        }
    }

    private Allocator allocator() {
        return new Allocator(source.blocks(), clock.instant(), source::acknowledgement);
    }

    private void record(JournalEntry entry) throws IOException {
        Allocations next = state.apply(entry);
        journal.append(entry);
        state = next;
        int needed = next.held().size() + next.released().size();
        if (journal.entries() > Math.max(COMPACT_FROM, COMPACT_FACTOR * needed)) {
            compact(next);
        }
    }

    /** Failing to is no harm: the journal is whole, only long. */
    private void compact(Allocations live) {
        try {
            journal.compact(live.entries());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot compact the address journal", e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            journal.close();
        } finally {
            lock.unlock();
        }
    }
}
