package dev.weir.log;

import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * The thread that writes one shard: takes what has come, decides it, appends it as one group,
 * publishes it, answers.
 *
 * <p>While one group is on its way to the disk the next one gathers, so the size of the groups
 * follows the load. When the outcome of a group is unknown nothing is decided until the log was
 * claimed and replayed again. A writer that another one has fenced never claims again; whoever
 * elects writers opens a new shard.
 */
final class ShardWriter implements Runnable {
    /** How long the writer sleeps when there is nothing to do; it wakes up when something comes. */
    private static final Duration IDLE = Duration.ofHours(1);

    /**
     * The first pause between two tries to settle a group in doubt; each is twice as long as the
     * one before.
     */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(ShardWriter.class);

    /** What the writer may do next. */
    private sealed interface State {
        record Serving() implements State {}

        /** Nobody knows yet whether this group is in the log. */
        record Doubt(Group group, Failure failure, Duration pause, long retryAtNanos)
                implements State {}

        /** For good. */
        record Down(Failure failure) implements State {}
    }

    private final TxLog log;
    private final ShardConfig config;
    private final Inbox inbox;
    private final History history;

    private final CompletableFuture<Failure> ended = new CompletableFuture<>();

    // Owned by the writer's thread; others read only the term and the state.
    private volatile long term;
    private RecentRequests requests;
    private volatile State state = new State.Serving();

    ShardWriter(
            TxLog log,
            ShardConfig config,
            Inbox inbox,
            History history,
            long term,
            RecentRequests requests) {
        this.log = log;
        this.config = config;
        this.inbox = inbox;
        this.history = history;
        this.term = term;
        this.requests = requests;
    }

    Optional<Failure> down() {
        return switch (state) {
            case State.Serving() -> Optional.empty();
            case State.Doubt doubt -> Optional.of(doubt.failure());
            case State.Down(var failure) -> Optional.of(failure);
        };
    }

    long term() {
        return term;
    }

    /** Completes once there is no way back, with why. */
    CompletableFuture<Failure> ended() {
        return ended;
    }

    @Override
    public void run() {
        List<Call<?>> calls = List.of();
        try {
            while (!inbox.isDone()) {
                calls = inbox.take(config.group(), idle());
                settle();
                carryOut(calls);
                calls = List.of();
            }
        } catch (InterruptedException e) {
            standDown("the writer's thread was interrupted");
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "The writer of shard %s ends", shard());
            standDown("its writer failed: " + e);
        } finally {
            inbox.close();
            refuse(calls);
            refuse(remaining());
            log.close();
        }
    }

    private Duration idle() {
        return switch (state) {
            case State.Doubt doubt ->
                    Duration.ofNanos(Math.max(0, doubt.retryAtNanos() - System.nanoTime()));
            case State.Serving(), State.Down(_) -> IDLE;
        };
    }

    /** A write that is too large fails alone: without it the others are decided anew. */
    private void carryOut(List<Call<?>> calls) {
        if (!(state instanceof State.Serving)) {
            refuse(calls);
            return;
        }
        Group group = new Group(history.image(), requests);
        calls.forEach(group::add);
        if (group.entries().isEmpty()) {
            group.answer(history.image());
            return;
        }
        switch (append(group.entries())) {
            case Outcome.Durable() -> publish(group);
            case Outcome.Refused(var reason, _)
                    when reason == Outcome.Reason.TOO_LARGE && calls.size() > 1 -> {
                int half = calls.size() / 2;
                carryOut(calls.subList(0, half));
                carryOut(calls.subList(half, calls.size()));
            }
            case Outcome.Refused(var reason, var message) ->
                    group.fail(failure(reason, message).asException());
            case Outcome.Fenced(var other, var writer) -> {
                standDown(writer + " has claimed it, term " + other + " after " + term);
                group.fail(down().orElseThrow().asException());
            }
            case Outcome.Unknown(var cause) -> {
                LOG.warnf(cause, "Shard %s: the outcome of a write is unknown", shard());
                recover(group, FIRST_PAUSE);
            }
        }
    }

    private Outcome append(List<Entry> entries) {
        try {
            return log.append(term, entries);
        } catch (RuntimeException e) {
            return new Outcome.Unknown(e);
        }
    }

    private void publish(Group group) {
        group.remember();
        history.publish(group.image(), group.deltas());
        group.answer(group.image());
    }

    /** Tries again to learn what became of a group in doubt, when it is time to. */
    private void settle() {
        if (state instanceof State.Doubt doubt && System.nanoTime() - doubt.retryAtNanos() >= 0) {
            Duration twice = doubt.pause().multipliedBy(2);
            recover(doubt.group(), twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE);
        }
    }

    /**
     * The log tells, once it is claimed: nobody else wrote, so it ends before the group or after
     * it.
     */
    private void recover(Group group, Duration pause) {
        try {
            term = log.claim(config.instance());
            Replay replay = Replay.of(shard(), log);
            requests = replay.requests();
            LOG.infof(
                    "Shard %s: claimed and replayed again, revision %d",
                    shard(), replay.image().revision());
            if (replay.image().equals(group.image())) {
                state = new State.Serving();
                history.publish(group.image(), group.deltas());
                group.answer(group.image());
            } else if (replay.image().equals(history.image())) {
                state = new State.Serving();
                group.fail(
                        unavailable("the log failed and holds nothing of this write; try again")
                                .asException());
            } else {
                standDown(
                        "its log does not hold what was written to it; restart to go on with what"
                                + " it holds");
                group.fail(down().orElseThrow().asException());
            }
        } catch (LogException.Fenced e) {
            standDown(String.valueOf(e.getMessage()));
            group.fail(down().orElseThrow().asException());
        } catch (LogException.Refused e) {
            doubt(
                    group,
                    new Failure(Reason.STORAGE, String.valueOf(e.getMessage()), "", List.of()),
                    pause);
        } catch (LogException e) {
            doubt(group, unavailable(String.valueOf(e.getMessage())), pause);
        }
    }

    /**
     * Whoever waits is told that the outcome is unknown; those who come are refused until it is
     * known.
     */
    private void doubt(Group group, Failure failure, Duration pause) {
        state = new State.Doubt(group, failure, pause, System.nanoTime() + pause.toNanos());
        group.fail(
                unavailable(
                                "it is unknown whether this was written; try again, with the same"
                                        + " request id: "
                                        + failure.message())
                        .asException());
    }

    private void standDown(String why) {
        Failure failure = unavailable(why);
        state = new State.Down(failure);
        LOG.errorf("Shard %s takes no more writes: %s", shard(), why);
        ended.complete(failure);
    }

    private void refuse(List<Call<?>> calls) {
        if (!calls.isEmpty()) {
            Failure failure = down().orElseGet(() -> unavailable("it is closed"));
            Thread.startVirtualThread(
                    () -> calls.forEach(call -> call.fail(failure.asException())));
        }
    }

    private List<Call<?>> remaining() {
        try {
            return inbox.take(Integer.MAX_VALUE, Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private String shard() {
        return history.image().shard();
    }

    private Failure failure(Outcome.Reason reason, String message) {
        return switch (reason) {
            case DISK_FULL, READ_ONLY -> Failure.of(Reason.STORAGE, message);
            case BUSY -> unavailable(message);
            case TOO_LARGE -> Failure.of(Reason.BAD_REQUEST, message);
        };
    }

    private Failure unavailable(String why) {
        return Failure.of(Reason.UNAVAILABLE, "shard " + shard() + ": " + why);
    }
}
