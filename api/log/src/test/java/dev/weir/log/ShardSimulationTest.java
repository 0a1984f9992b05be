package dev.weir.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Change;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader.Next;
import dev.weir.changes.Stored;
import dev.weir.log.SimulatedLog.Fault;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random writes, faults, restarts and readers against a model. Every write adds one to a counter
 * that it reads from the pending image, and carries a request id; a caller that is told UNAVAILABLE
 * or STORAGE sends the same request again. In the end every request has counted once.
 */
@Timeout(60)
class ShardSimulationTest {
    private static final int ROUNDS = 25;
    private static final int COUNTERS = 5;

    /** Hundreds of simulated faults are no news. */
    private static final Logger QUIET = Logger.getLogger(ShardWriter.class.getName());

    @BeforeAll
    static void silence() {
        QUIET.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        QUIET.setLevel(null);
    }

    private static final Duration SOON = Duration.ofSeconds(20);

    private record Request(String id, int counter, CompletableFuture<Committed<Long>> answer) {}

    /** A reader that follows with {@code next} and must always arrive at the image. */
    private static final class Follower {
        private Image image;

        Follower(Image image) {
            this.image = image;
        }

        void catchUp(Shard shard) throws InterruptedException {
            switch (shard.next(image.logId(), image.revision(), Duration.ZERO)) {
                case Next.Changes(var delta) -> {
                    for (Map.Entry<Key, Change> change : delta.changes().entrySet()) {
                        assertThat(change.getValue().revision()).isGreaterThan(image.revision());
                    }
                    image = image.apply(delta);
                }
                case Next.Expired expired -> image = shard.image();
            }
        }
    }

    @Test
    void everyRequestCountsOnce() throws Exception {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            try {
                simulate(random);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    private static void simulate(Random random) throws Exception {
        SimulatedLog.Disk disk = new SimulatedLog.Disk("log");
        ShardConfig config =
                new ShardConfig(
                        "test", 1000, 1 + random.nextInt(20), 1 + random.nextInt(50), SOON, SOON);
        Shard shard = Shard.open("test", disk.open(), config);
        List<Follower> followers =
                List.of(new Follower(shard.image()), new Follower(shard.image()));
        Map<Long, String> revisions = new HashMap<>();
        TreeMap<String, Long> model = new TreeMap<>();
        List<Request> open = new ArrayList<>();
        int requests = 0;
        for (int step = 0; step < 60 || !open.isEmpty(); step++) {
            if (step < 60) {
                for (int i = random.nextInt(12); i > 0; i--) {
                    int counter = random.nextInt(COUNTERS);
                    open.add(send(shard, "request-" + requests++, counter));
                }
                switch (random.nextInt(6)) {
                    case 0 -> disk.fail(Fault.values()[random.nextInt(Fault.values().length)]);
                    case 1 -> {
                        disk.fail(Fault.UNKNOWN_WRITTEN);
                        disk.failClaims(random.nextInt(2));
                    }
                    case 2 -> {
                        shard.close();
                        shard = reopen(disk, config);
                        Image image = shard.image();
                        followers.forEach(
                                follower ->
                                        assertThat(image.revision())
                                                .isGreaterThanOrEqualTo(follower.image.revision()));
                    }
                    default -> {}
                }
            }
            assertThat(step).as("steps until every request was carried out").isLessThan(5_000);
            followers.get(random.nextInt(2)).catchUp(shard);
            open = settle(shard, open, revisions, model);
        }
        for (Follower follower : followers) {
            follower.catchUp(shard);
            assertThat(follower.image).isEqualTo(shard.image());
        }
        Image image = shard.image();
        assertThat(counters(image)).isEqualTo(model);
        assertThat(image.revision()).isEqualTo(revisions.size());
        shard.close();
        Shard last = reopen(disk, config);
        assertThat(last.image()).isEqualTo(image);
        last.close();
    }

    private static Shard reopen(SimulatedLog.Disk disk, ShardConfig config) {
        disk.failClaims(0);
        return Shard.open("test", disk.open(), config);
    }

    /** Takes the answers that come; sends again what may not have been written. */
    private static List<Request> settle(
            Shard shard,
            List<Request> open,
            Map<Long, String> revisions,
            TreeMap<String, Long> model)
            throws Exception {
        List<Request> again = new ArrayList<>();
        for (Request request : open) {
            try {
                Committed<Long> committed =
                        request.answer().get(SOON.toMillis(), TimeUnit.MILLISECONDS);
                assertThat(revisions.put(committed.revision(), request.id()))
                        .as("revision %d is one request's only", committed.revision())
                        .isNull();
                assertThat(shard.image().revision()).isGreaterThanOrEqualTo(committed.revision());
                model.merge("counter-" + request.counter(), 1L, Long::sum);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(FailureException.class);
                again.add(send(shard, request.id(), request.counter()));
            }
        }
        if (!again.isEmpty()) {
            Thread.sleep(1);
        }
        return again;
    }

    private static TreeMap<String, Long> counters(Image image) {
        TreeMap<String, Long> counters = new TreeMap<>();
        Namespaces.values(image)
                .forEach((name, value) -> counters.put(name, Long.parseLong(value)));
        return counters;
    }

    private static Request send(Shard shard, String id, int counter) {
        return new Request(id, counter, shard.write(new Count(id, "counter-" + counter)));
    }

    /** Adds one. The answer is the count; a repeated request's is unknown, -1. */
    private record Count(String requestId, String name) implements Write<Long> {
        @Override
        public Decision<Long> decide(Pending pending) {
            Key key = Namespaces.key(name);
            long count =
                    Namespaces.value(pending.image(), name).map(Long::parseLong).orElse(0L) + 1;
            assertThat(pending.image().get(key).map(Stored::revision).orElse(0L))
                    .isLessThan(pending.revision());
            return new Decision.Accept<>(
                    new TreeMap<>(Map.of(key, Optional.of(Namespaces.object(name, "" + count)))),
                    Frontier.EMPTY,
                    count);
        }

        @Override
        public Long repeated(Image durable, long revision) {
            return -1L;
        }
    }
}
