package dev.weir.server.seat;

import dev.weir.log.v1.LogClaim;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The way to the writer of one shard: this process, or the one that claimed the shard's log last.
 *
 * <p>There is one line, to the address of the last claim. When another process claims the log the
 * line is closed, so that calls end which wait for a writer that was deposed without knowing it.
 */
public final class Way implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Way.class);

    /** How often the claim is looked at while nobody calls. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final String shard;
    private final String self;
    private final Optional<Seat> seat;
    private final Supplier<Optional<LogClaim>> claim;
    private final Line.Opener lines;
    private final Duration wait;
    private final Thread lookout;

    /** Guarded by this. */
    private @Nullable Line line;

    /** Of the line. Guarded by this. */
    private String address = "";

    /** Since when calls have found no writer; empty while they find one. */
    private volatile Optional<Long> lostNanos = Optional.empty();

    private Way(
            String shard,
            String self,
            Optional<Seat> seat,
            Supplier<Optional<LogClaim>> claim,
            Line.Opener lines,
            Duration wait) {
        this.shard = shard;
        this.self = self;
        this.seat = seat;
        this.claim = claim;
        this.lines = lines;
        this.wait = wait;
        this.lookout = Thread.ofVirtual().name("way-" + shard).unstarted(this::look);
    }

    /**
     * @param self where this process serves, as its own claims say
     * @param seat of this process, if it may write the shard
     * @param claim the last one that has been read from the shard's log; quick
     * @param wait how long a call waits for a writer, at most
     */
    public static Way to(
            String shard,
            String self,
            Optional<Seat> seat,
            Supplier<Optional<LogClaim>> claim,
            Line.Opener lines,
            Duration wait) {
        Way way = new Way(shard, self, seat, claim, lines, wait);
        way.lookout.start();
        return way;
    }

    String shard() {
        return shard;
    }

    Duration bound() {
        return wait;
    }

    /** Who writes the shard, as far as is known; it may be dead. Never this process by a line. */
    Optional<Writer> writer() {
        Optional<Writer> here = seat.flatMap(Seat::office).map(Writer.Here::new);
        return here.isPresent() ? here : lastClaim().map(this::elsewhere);
    }

    /** This process is about to be the writer. */
    boolean isTaking() {
        return seat.filter(mine -> mine.state() instanceof Seat.State.Taking).isPresent();
    }

    /** Of another process; its own, this one has left behind by a former life. */
    private Optional<LogClaim> lastClaim() {
        return claim.get()
                .filter(last -> !last.getAddress().isEmpty() && !last.getAddress().equals(self));
    }

    private synchronized Writer elsewhere(LogClaim last) {
        if (line == null || !address.equals(last.getAddress())) {
            hangUp();
            LOG.infof(
                    "Shard %s is written by %s at %s",
                    shard, last.getInstance(), last.getAddress());
            line = lines.open(last.getAddress());
            address = last.getAddress();
        }
        ManagedChannel channel = line.channel();
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
        return new Writer.Elsewhere(channel, last.getTerm());
    }

    private synchronized void hangUp() {
        if (line != null) {
            line.close();
            line = null;
        }
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(LOOK);
                if (isOutdated()) {
                    hangUp();
                }
            }
        } catch (InterruptedException closed) {
            hangUp();
        }
    }

    private synchronized boolean isOutdated() {
        return line != null
                && lastClaim().filter(last -> last.getAddress().equals(address)).isEmpty();
    }

    /** A call has found no writer that answers. */
    void lost() {
        if (lostNanos.isEmpty()) {
            lostNanos = Optional.of(System.nanoTime());
        }
    }

    /** A writer has answered a call. */
    void found() {
        if (lostNanos.isPresent()) {
            lostNanos = Optional.empty();
        }
    }

    /** Why nobody carries out a call, for who asked for it. */
    String missing() {
        StringBuilder words = new StringBuilder("shard ").append(shard);
        claim.get()
                .ifPresentOrElse(
                        last ->
                                words.append(" has no writer that answers: ")
                                        .append(last.getInstance())
                                        .append(" at ")
                                        .append(last.getAddress())
                                        .append(" (term ")
                                        .append(last.getTerm())
                                        .append(") wrote it last"),
                        () -> words.append(" has not been written by anybody yet"));
        lostNanos.ifPresent(
                since ->
                        words.append("; no answer for ")
                                .append(Duration.ofNanos(System.nanoTime() - since).toSeconds())
                                .append(" s"));
        seat.ifPresent(mine -> words.append("; this process ").append(said(mine.state())));
        return words.append(
                        "; see whether a process that may write it runs, and what its health says")
                .toString();
    }

    private static String said(Seat.State state) {
        return switch (state) {
            case Seat.State.Standby() -> "is not elected";
            case Seat.State.Taking() -> "is taking it over";
            case Seat.State.Serving(var term) -> "writes it, term " + term;
            case Seat.State.Failing(var why) -> "cannot take it: " + why;
        };
    }

    @Override
    public void close() {
        lookout.interrupt();
    }
}
