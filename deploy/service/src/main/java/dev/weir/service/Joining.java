package dev.weir.service;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes this process a member of its cluster, in a thread of its own and however long it takes:
 * Kafka may come later, and so may the other processes. Says in words how far it is.
 */
final class Joining implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Joining.class);

    /** Between attempts; doubles up to the longest. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** How often a member that is not whole yet is asked again. */
    private static final Duration POLL = Duration.ofMillis(20);

    private final String first;
    private final Supplier<? extends Member> open;
    private final Consumer<? super Member> joined;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("weir-join").unstarted(this::run);
    private volatile String waiting;
    private volatile boolean closed;
    private volatile @Nullable Member member;

    /**
     * @param first what everything else needs, in words
     * @param open throws what to wait for, as the message of a RuntimeException
     * @param joined is called once, when the member has read everything that it follows
     */
    Joining(String first, Supplier<? extends Member> open, Consumer<? super Member> joined) {
        this.first = "waiting for " + first;
        this.waiting = this.first;
        this.open = open;
        this.joined = joined;
    }

    void start() {
        thread.start();
    }

    Standing standing() {
        return Optional.ofNullable(member)
                .map(Member::standing)
                .orElseGet(() -> Standing.waiting(closed ? "stopping" : waiting));
    }

    private void run() {
        try {
            Member opened = opened();
            member = opened;
            while (!closed && opened.missing().isPresent()) {
                Thread.sleep(POLL);
            }
            if (!closed) {
                opened.begin();
                joined.accept(opened);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private Member opened() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return open.get();
            } catch (RuntimeException e) {
                LOG.debug("Cannot join", e);
                waiting = first + ": " + e.getMessage();
            }
            if (closed) {
                throw new InterruptedException("closed");
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
    }

    /** Leaves the cluster; whoever asks is told so from now on. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Member last = member;
        member = null;
        if (last != null) {
            last.close();
        }
    }
}
