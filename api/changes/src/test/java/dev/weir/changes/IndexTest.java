package dev.weir.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class IndexTest {
    private static final int STEPS = 200;
    private static final List<String> APPS = List.of("a", "b", "c");

    private final Index<Pod> index =
            new Index<>(Kinds.POD, Pod.class, pod -> pod.getMetadata().getLabelsMap().values());

    private static Key key(int number) {
        return Kinds.POD.key("x", "p" + number);
    }

    private static Change pod(String app, long revision) {
        return new Change.Put(
                Pod.newBuilder().setMetadata(ObjectMeta.newBuilder().putLabels("app", app)).build(),
                revision);
    }

    private static Delta delta(Image image, TreeMap<Key, Change> changes) {
        return new Delta(Shards.CONTROL, "log", image.revision() + 1, Frontier.EMPTY, changes);
    }

    private static Delta delta(Image image, Key key, Change change) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        changes.put(key, change);
        return delta(image, changes);
    }

    private void assertCovers(Image image, String description) {
        for (String app : APPS) {
            assertThat(index.under(app))
                    .as(description)
                    .containsExactlyElementsOf(
                            image.objects().entrySet().stream()
                                    .filter(
                                            entry ->
                                                    ((Pod) entry.getValue().value())
                                                            .getMetadata()
                                                            .getLabelsMap()
                                                            .containsValue(app))
                                    .map(Map.Entry::getKey)
                                    .toList());
        }
    }

    @RepeatedTest(10)
    void stepsRepeatsAndJumpsEndWhereTheImageIs(RepetitionInfo repetition) {
        long seed = 99 + repetition.getCurrentRepetition();
        Random random = new Random(seed);
        Image image = Image.empty(Shards.CONTROL);
        Image before = image;

        for (int i = 0; i < STEPS; i++) {
            Step step =
                    Step.of(
                            image,
                            delta(
                                    image,
                                    key(random.nextInt(6)),
                                    random.nextInt(3) == 0
                                            ? new Change.Remove(image.revision() + 1)
                                            : pod(
                                                    APPS.get(random.nextInt(3)),
                                                    image.revision() + 1)));
            switch (random.nextInt(4)) {
                case 0 -> {
                    index.follow(step);
                    index.follow(step);
                }
                case 1 -> index.follow(Step.between(before, step.to()));
                default -> index.follow(step);
            }
            before = image;
            image = step.to();
            assertCovers(image, "seed " + seed + " step " + i);
        }
    }

    @Test
    void whatWasAheadAndNeverCameIsForgotten() {
        Image empty = Image.empty(Shards.CONTROL);
        Image ahead = empty.apply(delta(empty, key(1), pod("a", 1)));
        Delta nothing = delta(empty, new TreeMap<>());
        Delta named = delta(empty, key(1), new Change.Remove(1));

        index.follow(new Step(empty, named, ahead));
        boolean seen = index.under("a").contains(key(1));
        index.follow(Step.still(empty.apply(nothing)));

        assertThat(seen).isTrue();
        assertThat(index.under("a")).isEmpty();
    }
}
