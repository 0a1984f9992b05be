package dev.weir.log.kafka;

import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.log.LogException;
import dev.weir.log.Replica;
import dev.weir.log.v1.LogClaim;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a shard where it is not written, from its topic. Whole transactions only, in their order;
 * what is served is always a state that the shard's writer had.
 *
 * <p>The topic is read from its beginning, then followed. When the way from what was read to what
 * the topic holds is lost, it is read anew, and what was served before is served meanwhile. It goes
 * on trying until it is closed; {@link #trouble} says what stands in the way.
 *
 * <p>Readers can resume from before this process started, as far back as nothing was compacted.
 */
public final class KafkaFollower implements ShardReader, AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final KafkaConfig config;
    private final String shard;
    private final int history;
    private final Opening opening;
    private final InstantSource clock;
    private final Replica replica;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile Optional<LogClaim> writer = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();
    private final AtomicInteger passes = new AtomicInteger();
    private volatile @Nullable TopicPass pass;

    /** Of the thread: passes in a row that came to nothing. */
    private int failures;

    private KafkaFollower(
            KafkaConfig config, String shard, int history, Opening opening, InstantSource clock) {
        this.config = config;
        this.shard = shard;
        this.history = history;
        this.opening = opening;
        this.clock = clock;
        this.replica = new Replica(shard, history);
        this.thread = Thread.ofPlatform().daemon().name("follow-" + shard).unstarted(this::run);
    }

    /**
     * Begins to follow a shard. Neither its topic nor a broker need be there yet.
     *
     * @param history changes that are kept for readers to resume from
     */
    public static KafkaFollower start(KafkaConfig config, String shard, int history) {
        return start(config, shard, history, Opening.PLAIN);
    }

    static KafkaFollower start(KafkaConfig config, String shard, int history, Opening opening) {
        return start(new KafkaFollower(config, shard, history, opening, InstantSource.system()));
    }

    /** As {@link #start(KafkaConfig, String, int)}, for tests that make time pass. */
    static KafkaFollower start(KafkaConfig config, String shard, int history, InstantSource clock) {
        return start(new KafkaFollower(config, shard, history, Opening.PLAIN, clock));
    }

    private static KafkaFollower start(KafkaFollower follower) {
        follower.thread.start();
        return follower;
    }

    /**
     * Everything has been read once that was in the topic at some time since the start. Before
     * that, the image is empty; from then on it may be old, but is never half.
     */
    public boolean caughtUp() {
        return caughtUp.getCount() == 0;
    }

    /**
     * Waits until {@link #caughtUp}, and no longer than this.
     *
     * @return whether it is
     */
    public boolean awaitCaughtUp(Duration atMost) throws InterruptedException {
        return caughtUp.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Who claimed the shard last; empty when nobody has. It may be gone since. */
    public Optional<LogClaim> writer() {
        return writer;
    }

    /** Why the image may be old, and what to do; empty when all is well. */
    public Optional<String> trouble() {
        return trouble;
    }

    /** How often the topic has been read from its beginning. */
    int passes() {
        return passes.get();
    }

    @Override
    public String shard() {
        return shard;
    }

    @Override
    public Image image() {
        return replica.image();
    }

    /** As {@link ShardReader#next}; throws FailureException once it is closed. */
    @Override
    public Next next(String logId, long afterRevision, Duration maxWait)
            throws InterruptedException {
        return replica.next(logId, afterRevision, maxWait);
    }

    @Override
    public void close() {
        closing.countDown();
        TopicPass running = pass;
        if (running != null) {
            running.wakeup();
        }
        LockSupport.unpark(thread);
        try {
            thread.join(config.request().multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        replica.close();
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!closed()) {
            try {
                follow();
            } catch (TopicPass.Astray | LogException | KafkaException e) {
                trouble = Optional.of(String.valueOf(e.getMessage()));
                pause();
            } catch (RuntimeException e) {
                trouble = Optional.of("cannot follow shard " + shard + ": " + e);
                pause();
            }
        }
    }

    private void pause() {
        long millis =
                Math.min(
                        FIRST_PAUSE.toMillis() << Math.min(failures, Short.SIZE),
                        LONGEST_PAUSE.toMillis());
        failures++;
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void follow() {
        try (TopicPass opened = new TopicPass(config, shard, opening, clock)) {
            pass = opened;
            if (closed()) {
                return;
            }
            passes.incrementAndGet();
            opened.begin();
            Replica read = new Replica(shard, history);
            while (!closed() && !opened.isComplete()) {
                for (TopicImage.Step step : opened.poll()) {
                    switch (step) {
                        case TopicImage.Step.Advance(var image, var deltas) ->
                                read.advance(image, deltas);
                        case TopicImage.Step.Jump(var image) -> read.restart(image);
                    }
                }
                opened.trouble().ifPresent(said -> trouble = Optional.of(said));
            }
            if (!closed()) {
                serve(read, opened);
            }
            while (!closed()) {
                advance(opened.poll());
                writer = opened.claim();
                trouble = opened.trouble();
            }
        } finally {
            pass = null;
        }
    }

    private void serve(Replica read, TopicPass pass) {
        boolean headless = pass.image().logId().isEmpty();
        if (headless && (pass.isTorn() || !image().logId().isEmpty())) {
            throw new LogException(
                    "topic "
                            + config.stateTopic(shard)
                            + " was emptied or truncated: put it back from a backup. Until it is"
                            + " claimed again, what was read before is served.");
        }
        replica.restart(read);
        writer = pass.claim();
        trouble = Optional.empty();
        failures = 0;
        caughtUp.countDown();
    }

    private void advance(List<TopicImage.Step> steps) {
        List<Delta> deltas = new ArrayList<>();
        for (TopicImage.Step step : steps) {
            switch (step) {
                case TopicImage.Step.Advance(_, var more) -> deltas.addAll(more);
                case TopicImage.Step.Jump(var image) -> {
                    if (image().logId().isEmpty()) {
                        replica.restart(image);
                        deltas.clear();
                    } else {
                        throw new TopicPass.Astray(
                                "what came between revisions "
                                        + image().revision()
                                        + " and "
                                        + image.revision()
                                        + " of shard "
                                        + shard
                                        + " is gone");
                    }
                }
            }
        }
        if (!steps.isEmpty()) {
            replica.advance(steps.getLast().image(), deltas);
        }
    }
}
