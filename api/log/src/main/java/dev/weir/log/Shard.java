package dev.weir.log;

import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One shard where it is written: takes writes from any thread, makes them durable in groups, and
 * lets readers see only what is durable.
 */
public final class Shard implements ShardReader, AutoCloseable {
    /** In characters, as the API says; a UUID has 36. */
    public static final int REQUEST_ID_LENGTH = 64;

    private final ShardConfig config;
    private final Inbox inbox;
    private final History history;
    private final ShardWriter writer;
    private final Thread thread;

    private Shard(String name, TxLog log, ShardConfig config, long term, Replay replay) {
        this.config = config;
        this.inbox = new Inbox(config.queue());
        this.history = new History(replay.image(), config.history());
        this.writer = new ShardWriter(log, config, inbox, history, term, replay.requests());
        this.thread = Thread.ofPlatform().daemon().name("weir-shard-" + name).unstarted(writer);
    }

    /**
     * Claims the log, replays it, and serves. From here on the log is the shard's, which closes it.
     *
     * @throws LogException with what to do; the log is closed then
     */
    public static Shard open(String name, TxLog log, ShardConfig config) {
        try {
            long term = log.claim(config.instance());
            Shard shard = new Shard(name, log, config, term, Replay.of(name, log));
            shard.thread.start();
            return shard;
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /**
     * Decides the write in its turn. The answer comes when it is durable, in a thread that is
     * neither the caller's nor the writer's. It fails with FailureException:
     *
     * <ul>
     *   <li>with the failure of a {@link Decision.Refuse};
     *   <li>STORAGE: nothing was written, the disk is full or read-only;
     *   <li>UNAVAILABLE: try again, with the same request id; it may have been written;
     * </ul>
     *
     * and with whatever else {@link Write#decide} or {@link Write#repeated} throws, which is a bug
     * there.
     */
    public <R> CompletableFuture<Committed<R>> write(Write<R> write) {
        if (write.requestId().length() > REQUEST_ID_LENGTH) {
            return failed(
                    Reason.BAD_REQUEST,
                    "request_id: longer than " + REQUEST_ID_LENGTH + " characters");
        }
        CompletableFuture<Committed<R>> future = new CompletableFuture<>();
        return switch (inbox.offer(new Call<>(write, future))) {
            case TAKEN -> future;
            case FULL ->
                    failed(Reason.UNAVAILABLE, config.queue() + " writes wait already; try again");
            case CLOSED ->
                    CompletableFuture.failedFuture(
                            down().orElseGet(
                                            () ->
                                                    Failure.of(
                                                            Reason.UNAVAILABLE,
                                                            "shard " + shard() + " is closed"))
                                    .asException());
        };
    }

    private static <R> CompletableFuture<Committed<R>> failed(Reason reason, String message) {
        return CompletableFuture.failedFuture(Failure.of(reason, message).asException());
    }

    /** Why no write can be carried out at present, if so. Reads go on, and may be stale. */
    public Optional<Failure> down() {
        return writer.down();
    }

    /**
     * Completes when no write can be carried out any more, with why: another writer has claimed the
     * log, or this one failed. What depends on it must not hold the writer's thread. A close does
     * not complete it.
     */
    public CompletableFuture<Failure> ended() {
        return writer.ended();
    }

    /** Of the claim that this shard writes under. Grows when the log was claimed again. */
    public long term() {
        return writer.term();
    }

    @Override
    public String shard() {
        return history.image().shard();
    }

    @Override
    public Image image() {
        return history.image();
    }

    /** As {@link ShardReader#next}; throws FailureException once the shard is closed. */
    @Override
    public Next next(String logId, long afterRevision, Duration maxWait)
            throws InterruptedException {
        Duration bounded = maxWait.compareTo(config.maxWait()) < 0 ? maxWait : config.maxWait();
        return history.next(logId, afterRevision, bounded);
    }

    /** Takes no more writes, carries out those that were taken, closes the log. */
    @Override
    public void close() {
        inbox.close();
        try {
            if (!thread.join(config.closeWait())) {
                throw new LogException(
                        "shard "
                                + shard()
                                + " has not finished its writes after "
                                + config.closeWait());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            history.close();
        }
    }
}
