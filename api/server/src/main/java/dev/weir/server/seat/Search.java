package dev.weir.server.seat;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call's search for a writer: for as long as the way says, and not beyond its deadline. */
final class Search {
    /** How often to look whether there is one. */
    private static final Duration LOOK = Duration.ofMillis(50);

    /** Before one that has not answered is tried again; each is twice as long as the one before. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** Before the deadline, so that the caller hears why there is no answer. */
    private static final Duration LAST_WORD = Duration.ofMillis(200);

    private final Way way;
    private final boolean mayLeave;
    private final @Nullable Deadline deadline = Context.current().getDeadline();

    // Owned by the thread that searches.
    private @Nullable Writer tried;
    private Duration pause = FIRST_PAUSE;
    private Optional<Long> untilNanos = Optional.empty();

    private volatile boolean over;

    /**
     * Of the call in whose context this is made.
     *
     * @param mayLeave the call may be sent to another process
     */
    Search(Way way, boolean mayLeave) {
        this.way = way;
        this.mayLeave = mayLeave;
    }

    Way way() {
        return way;
    }

    @Nullable Deadline deadline() {
        return deadline;
    }

    /** When it found nobody, whoever asked need not search either. */
    boolean isThorough() {
        return mayLeave;
    }

    /** Whoever asked has gone. */
    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /**
     * The one to try first, or next: one that came after the last, or the same again after a while.
     * Empty when there is none in time.
     */
    Optional<Writer> next() throws InterruptedException {
        long againNanos = System.nanoTime() + pause.toNanos();
        if (tried != null) {
            lost();
        }
        while (!over) {
            Optional<Writer> found = way.writer().filter(this::isAllowed);
            if (found.isPresent()
                    && (!found.get().equals(tried) || System.nanoTime() - againNanos >= 0)) {
                remember(found.get());
                return found;
            }
            lost();
            if (System.nanoTime() - untilNanos.orElseThrow() >= 0 || isHopeless()) {
                return Optional.empty();
            }
            Thread.sleep(LOOK);
        }
        return Optional.empty();
    }

    private boolean isAllowed(Writer writer) {
        return mayLeave || writer instanceof Writer.Here;
    }

    /** Who sent the call here knows better than this process who else to ask. */
    private boolean isHopeless() {
        return !mayLeave && !way.isTaking();
    }

    private void remember(Writer writer) {
        if (writer.equals(tried)) {
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
        } else {
            pause = FIRST_PAUSE;
        }
        tried = writer;
    }

    private void lost() {
        way.lost();
        if (untilNanos.isEmpty()) {
            long nanos = way.bound().toNanos();
            if (deadline != null) {
                nanos =
                        Math.min(
                                nanos,
                                deadline.timeRemaining(TimeUnit.NANOSECONDS) - LAST_WORD.toNanos());
            }
            untilNanos = Optional.of(System.nanoTime() + nanos);
        }
    }
}
