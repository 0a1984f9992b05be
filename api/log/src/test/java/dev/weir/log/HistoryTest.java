package dev.weir.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader.Next;
import dev.weir.model.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HistoryTest {
    private static final String LOG = "log";
    private Image image = at(100);

    private static Image at(long revision) {
        return new Image("test", LOG, revision, Frontier.EMPTY, Image.empty("test").objects());
    }

    private Delta delta(Map<String, Boolean> puts) {
        long revision = image.revision() + 1;
        TreeMap<Key, Change> changes = new TreeMap<>();
        puts.forEach(
                (name, put) ->
                        changes.put(
                                Namespaces.key(name),
                                put
                                        ? new Change.Put(
                                                Namespaces.object(name, "at " + revision), revision)
                                        : new Change.Remove(revision)));
        return new Delta("test", LOG, revision, Frontier.of(LOG, "other", revision), changes);
    }

    private void publish(History history, Map<String, Boolean> puts) {
        Delta delta = delta(puts);
        image = image.apply(delta);
        history.publish(image, List.of(delta));
    }

    private static Next now(History history, long after) {
        try {
            return history.next(LOG, after, Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Delta changes(History history, long after) {
        return ((Next.Changes) now(history, after)).delta();
    }

    @Test
    void theStartIsTheFloor() {
        History history = new History(image, 10);

        assertThat(now(history, 99)).isEqualTo(new Next.Expired(100, 100));
        assertThat(changes(history, 100).changes()).isEmpty();
        assertThat(changes(history, 100).revision()).isEqualTo(100);
        assertThat(now(history, 101)).isEqualTo(new Next.Expired(100, 100));
    }

    @Test
    void theFutureAndOtherLogsAreExpired() throws Exception {
        History history = new History(image, 10);
        publish(history, Map.of("a", true));

        assertThat(now(history, 102)).isEqualTo(new Next.Expired(100, 101));
        assertThat(history.next("another", 101, Duration.ZERO))
                .isEqualTo(new Next.Expired(100, 101));
        assertThat(history.next("", 0, Duration.ZERO)).isEqualTo(new Next.Expired(100, 101));
    }

    @Test
    void aDeleteIsSeenRightAboveTheFloorAndExpiredBelowIt() {
        History history = new History(image, 3);
        publish(history, Map.of("a", true));
        publish(history, Map.of("a", false));
        publish(history, Map.of("b", true));
        publish(history, Map.of("c", true));
        // Kept: the delete of a at 102, 103, 104. The floor is 101.

        assertThat(now(history, 100)).isEqualTo(new Next.Expired(101, 104));
        assertThat(changes(history, 101).changes())
                .containsOnlyKeys(Namespaces.key("a"), Namespaces.key("b"), Namespaces.key("c"))
                .containsEntry(Namespaces.key("a"), new Change.Remove(102));
        assertThat(changes(history, 102).changes())
                .containsOnlyKeys(Namespaces.key("b"), Namespaces.key("c"));
    }

    @Test
    void theLastOperationOfAKeyCounts() {
        History history = new History(image, 100);
        publish(history, Map.of("a", true, "b", true));
        publish(history, Map.of("b", false));
        publish(history, Map.of("a", true));
        publish(history, Map.of("a", false));

        Delta delta = changes(history, 100);

        assertThat(delta.changes())
                .isEqualTo(
                        Map.of(
                                Namespaces.key("a"), new Change.Remove(104),
                                Namespaces.key("b"), new Change.Remove(102)));
        assertThat(delta.revision()).isEqualTo(104);
        assertThat(delta.after()).isEqualTo(image.after());
    }

    @Test
    void aDeltaLargerThanTheRoomIsKeptAlone() {
        History history = new History(image, 2);
        publish(history, Map.of("a", true));
        publish(history, Map.of("b", true, "c", true, "d", true));

        assertThat(now(history, 100)).isEqualTo(new Next.Expired(101, 102));
        assertThat(changes(history, 101).changes()).hasSize(3);
    }

    @Test
    void aReaderWakesUpForTheNextChange() throws Exception {
        History history = new History(image, 10);
        CompletableFuture<Next> next = new CompletableFuture<>();
        Thread.startVirtualThread(
                () -> {
                    try {
                        next.complete(history.next(LOG, 100, Duration.ofSeconds(10)));
                    } catch (InterruptedException e) {
                        next.completeExceptionally(e);
                    }
                });

        publish(history, Map.of("a", true));

        assertThat(next.get(5, TimeUnit.SECONDS))
                .isEqualTo(new Next.Changes(changes(history, 100)));
    }

    @Test
    void aReaderThatWaitedInVainStaysWhereItIs() throws Exception {
        History history = new History(image, 10);

        Next next = history.next(LOG, 100, Duration.ofMillis(20));

        assertThat(next)
                .isInstanceOfSatisfying(
                        Next.Changes.class,
                        changes -> assertThat(changes.delta().revision()).isEqualTo(100));
    }

    /** From every revision there ever was, a reader ends at the image or is told that it cannot. */
    @Test
    void everyResumeIsExactOrExpired() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            image = at(random.nextInt(50));
            List<Image> images = new ArrayList<>(List.of(image));
            int capacity = 1 + random.nextInt(40);
            History history = new History(image, capacity);
            for (int i = random.nextInt(80); i > 0; i--) {
                TreeMap<String, Boolean> puts = new TreeMap<>();
                for (int j = random.nextInt(4); j > 0; j--) {
                    puts.put("name-" + random.nextInt(6), random.nextBoolean());
                }
                publish(history, puts);
                images.add(image);
            }
            long floor = -1;
            for (Image from : images) {
                switch (now(history, from.revision())) {
                    case Next.Changes(var delta) -> {
                        floor = floor < 0 ? from.revision() : floor;
                        assertThat(from.apply(delta)).as("seed %d", seed).isEqualTo(image);
                    }
                    case Next.Expired(var at, var head) -> {
                        assertThat(from.revision()).as("seed %d", seed).isLessThan(at);
                        assertThat(floor)
                                .as("nothing expires above the floor, seed %d", seed)
                                .isEqualTo(-1);
                        assertThat(head).isEqualTo(image.revision());
                    }
                }
            }
            assertThat(image.revision() - floor)
                    .as("at least the last one is kept, seed %d", seed)
                    .isBetween(Math.min(1, images.size() - 1L), (long) capacity);
        }
    }
}
