package dev.weir.server.seat;

import dev.weir.log.Election;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.TxLog;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A process's place as a possible writer of one shard. Elected, it claims the shard's log, replays
 * it and opens a {@link Tenure}; dismissed, or when the log has another writer, it closes both. One
 * thread does all of this, so a tenure has ended before the next begins.
 */
public final class Seat implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Seat.class);

    /** After a tenure that could not begin; each pause is twice as long as the one before. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** What it is doing. */
    public sealed interface State {
        /** Not elected. */
        record Standby() implements State {}

        /** Claims and replays the log. */
        record Taking() implements State {}

        /** Writes the shard. */
        record Serving(long term) implements State {}

        /** Was elected and could not begin; tries again when it is elected again. */
        record Failing(String why) implements State {}
    }

    private final String shard;
    private final Election election;
    private final Supplier<? extends TxLog> log;
    private final ShardConfig config;
    private final Function<Shard, ? extends Tenure> opening;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();

    /** Guarded by the lock. */
    private boolean elected;

    /** How often it was elected. Guarded by the lock. */
    private long elections;

    /** Guarded by the lock. */
    private boolean closed;

    // Written by the seat's thread.
    private volatile State state = new State.Standby();
    private volatile @Nullable Office office;

    /**
     * @param election the seat's from here on, which closes it
     * @param log a new one for each tenure
     * @param opening opens the tenure and starts it; what it throws ends it
     */
    public Seat(
            String shard,
            Election election,
            Supplier<? extends TxLog> log,
            ShardConfig config,
            Function<Shard, ? extends Tenure> opening) {
        this.shard = shard;
        this.election = election;
        this.log = log;
        this.config = config;
        this.opening = opening;
        this.thread = Thread.ofPlatform().daemon().name("weir-seat-" + shard).unstarted(this::run);
    }

    /** Takes part in the election. What the tenure reads of other shards has been read by now. */
    public void start() {
        thread.start();
        election.start(
                new Election.Listener() {
                    @Override
                    public void elected() {
                        tell(true);
                    }

                    @Override
                    public void dismissed() {
                        tell(false);
                    }
                });
    }

    public String shard() {
        return shard;
    }

    public State state() {
        return state;
    }

    /** Where calls are carried out, while this process writes the shard. */
    Optional<Office> office() {
        return Optional.ofNullable(office).filter(open -> !open.isLeft());
    }

    private void tell(boolean isElected) {
        lock.lock();
        try {
            elected = isElected;
            elections += isElected ? 1 : 0;
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            for (long election = awaitElected(); election > 0; election = awaitElected()) {
                if (serve(election)) {
                    pause = FIRST_PAUSE;
                } else {
                    awaitClosed(pause);
                    Duration twice = pause.multipliedBy(2);
                    pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** One tenure. False when it could not begin. */
    private boolean serve(long election) throws InterruptedException {
        state = new State.Taking();
        Office open;
        try {
            open = Office.open(shard, log.get(), config, opening);
        } catch (RuntimeException e) {
            LOG.warnf("Shard %s cannot be taken: %s", shard, e.getMessage());
            standDown(election);
            state = new State.Failing(String.valueOf(e.getMessage()));
            return false;
        }
        LOG.infof("Shard %s is written here, term %d", shard, open.shard().term());
        state = new State.Serving(open.shard().term());
        office = open;
        try {
            open.shard().ended().thenRun(this::wake);
            awaitLeaving(open);
        } finally {
            office = null;
            if (open.shard().ended().isDone()) {
                standDown(election);
            }
            state = new State.Standby();
            open.close();
            LOG.infof("Shard %s is not written here any more", shard);
        }
        return true;
    }

    /** Until the next election, which may have been by now. */
    private void standDown(long lost) {
        lock.lock();
        try {
            if (elections > lost) {
                return;
            }
            elected = false;
        } finally {
            lock.unlock();
        }
        election.standDown();
    }

    private void wake() {
        lock.lock();
        try {
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The number of the election; 0 when the seat is closed. */
    private long awaitElected() throws InterruptedException {
        lock.lock();
        try {
            while (!elected && !closed) {
                told.await();
            }
            return closed ? 0 : elections;
        } finally {
            lock.unlock();
        }
    }

    private void awaitLeaving(Office open) throws InterruptedException {
        lock.lock();
        try {
            while (elected && !closed && !open.isLeft()) {
                told.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitClosed(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long nanos = atMost.toNanos();
            while (!closed && nanos > 0) {
                nanos = told.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Carries out what was taken, and leaves the seat to others at once. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            told.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (thread.isAlive() && !thread.join(config.closeWait().multipliedBy(2))) {
                LOG.warnf("Shard %s: its tenure has not ended in time", shard);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        election.close();
    }
}
