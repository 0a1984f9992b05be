package dev.weir.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Laws of images and deltas; {@code -Dweir.seed=N} to see a failure again. */
class ImageTest {
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomImages images = new RandomImages(random);
    private final Image empty = Image.empty("test");

    @RepeatedTest(50)
    void theDeltaBetweenTwoImagesLeadsFromOneToTheOther() {
        Image from = images.after(empty, random.nextInt(20));
        Image to = images.after(from, random.nextInt(20));

        assertThat(from.apply(Delta.between(from, to))).as("seed %d", seed).isEqualTo(to);
        assertThat(empty.apply(Delta.between(empty, to))).as("seed %d", seed).isEqualTo(to);
        assertThat(Delta.between(to, to).changes()).as("seed %d", seed).isEmpty();
    }

    @RepeatedTest(50)
    void twoDeltasAsOneDoTheSame() {
        Image from = images.after(empty, random.nextInt(20));
        Delta first = images.delta(from);
        Delta second = images.delta(from.apply(first));
        Delta third = images.delta(from.apply(first).apply(second));

        Image oneByOne = from.apply(first).apply(second).apply(third);

        assertThat(from.apply(first.then(second).then(third)))
                .as("seed %d", seed)
                .isEqualTo(oneByOne);
        assertThat(first.then(second).then(third))
                .as("seed %d", seed)
                .isEqualTo(first.then(second.then(third)));
    }

    @RepeatedTest(20)
    void applyingADeltaTwiceChangesNothingMore() {
        Image from = images.after(empty, random.nextInt(20));
        Delta delta = images.delta(from);

        assertThat(from.apply(delta).apply(delta)).as("seed %d", seed).isEqualTo(from.apply(delta));
    }

    @RepeatedTest(20)
    void anImageStaysAsItIs() {
        Image image = images.after(empty, 10);
        TreeMap<Key, Stored> before = new TreeMap<>(image.objects());

        images.after(image, 10);

        assertThat(image.objects()).as("seed %d", seed).isEqualTo(before);
    }

    @RepeatedTest(50)
    void rangesHoldWhatTheKeysSay() {
        Image image = images.after(empty, random.nextInt(30));
        List<Key> pods =
                image.objects().keySet().stream().filter(key -> key.kind().equals("Pod")).toList();

        assertThat(image.all(Kinds.POD, Pod.class).map(ImageTest::key))
                .as("seed %d", seed)
                .containsExactlyElementsOf(pods);
        for (String namespace : new String[] {"", "a", "a-b", "b", "c"}) {
            assertThat(image.in(Kinds.POD, namespace, Pod.class).map(ImageTest::key))
                    .as("seed %d, namespace %s", seed, namespace)
                    .containsExactlyElementsOf(
                            pods.stream()
                                    .filter(key -> key.namespace().equals(namespace))
                                    .toList());
        }
        assertThat(image.all(Kinds.NAMESPACE, Namespace.class).count())
                .as("seed %d", seed)
                .isEqualTo(image.objects().size() - pods.size());
    }

    private static Key key(Pod pod) {
        return Kinds.POD.key(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    }

    @Test
    void anObjectIsFoundByItsKey() {
        Key key = Kinds.POD.key("a", "name");
        Pod pod = (Pod) images.object(key);
        TreeMap<Key, Change> changes = new TreeMap<>();
        changes.put(key, new Change.Put(pod, 7));

        Image image = empty.apply(new Delta("test", "log", 7, Frontier.EMPTY, changes));

        assertThat(image.find(Pod.class, key)).contains(pod);
        assertThat(image.get(key)).contains(new Stored(pod, 7));
        assertThat(image.get(Kinds.POD.key("a", "nam"))).isEqualTo(Optional.empty());
        assertThat(image.revision()).isEqualTo(7);
        assertThat(image.logId()).isEqualTo("log");
    }

    @Test
    void aDeltaKeepsItsOwnChanges() {
        TreeMap<Key, Change> changes = new TreeMap<>();
        Delta delta = new Delta("test", "log", 1, Frontier.EMPTY, changes);

        changes.put(images.key(), new Change.Remove(1));

        assertThat(delta.changes()).isEmpty();
    }
}
