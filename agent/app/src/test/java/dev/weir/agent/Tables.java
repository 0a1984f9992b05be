package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.Stored;
import dev.weir.model.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.pcollections.PMap;

/** What a reader of a source has made of its updates. */
final class Tables implements Consumer<ShardUpdate> {
    /** A machine with other work takes a while. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, Image> images = new TreeMap<>();
    private final List<ShardUpdate> updates = new ArrayList<>();
    private final List<Image> passed = new ArrayList<>();
    private String wrong = "";

    @Override
    public synchronized void accept(ShardUpdate update) {
        Image before = images.getOrDefault(update.shard(), Image.empty(update.shard()));
        Image now =
                switch (update) {
                    case ShardUpdate.Snapshot(var image) -> image;
                    case ShardUpdate.Changes(var delta) -> changed(before, delta);
                };
        images.put(update.shard(), now);
        passed.add(now);
        updates.add(update);
        notifyAll();
    }

    private Image changed(Image before, Delta delta) {
        if (!images.containsKey(delta.shard())
                || !delta.logId().equals(before.logId())
                || delta.revision() < before.revision()
                || delta.revision() == before.revision() && !delta.changes().isEmpty()) {
            wrong = delta + " came at " + before.logId() + " " + before.revision();
        }
        return before.apply(delta);
    }

    synchronized Frontier frontier() {
        Frontier frontier = Frontier.EMPTY;
        for (Image image : images.values()) {
            frontier = frontier.with(image.logId(), image.shard(), image.revision());
        }
        return frontier;
    }

    synchronized Image image(String shard) {
        return images.getOrDefault(shard, Image.empty(shard));
    }

    synchronized List<ShardUpdate> updates() {
        return List.copyOf(updates);
    }

    /** From a time at which the updates were that many, waits for another one. */
    synchronized ShardUpdate awaitUpdate(int known) throws InterruptedException {
        await("an update after " + known, () -> updates.size() > known);
        return updates.get(known);
    }

    /** Until they hold what the reader of the shard has. */
    synchronized void awaitEqual(ShardReader writer) throws InterruptedException {
        Image all = writer.image();
        await(
                all.shard() + " of " + all.logId() + " at " + all.revision(),
                () ->
                        images.containsKey(all.shard())
                                && image(all.shard()).revision() == all.revision()
                                && image(all.shard()).logId().equals(all.logId()));
        assertThat(image(all.shard())).isEqualTo(all);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            assertThat(left)
                    .as("%s within %s; there is %s", what, PATIENCE, frontier())
                    .isPositive();
            wait(left);
        }
        assertThat(wrong).as("an update that does not follow").isEmpty();
    }

    /**
     * Each state that these tables passed through was the writer's at that revision.
     *
     * @param written what the writer had at each revision that it knows of
     */
    synchronized void assertPassedOnly(
            String shard, String logId, Map<Long, ? extends PMap<Key, Stored>> written) {
        for (Image image : passed) {
            if (image.shard().equals(shard) && image.logId().equals(logId)) {
                var then = written.get(image.revision());
                if (then != null) {
                    assertThat(image.objects())
                            .as("%s at %d", shard, image.revision())
                            .isEqualTo(then);
                }
            }
        }
    }
}
