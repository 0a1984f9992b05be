package dev.weir.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/** Laws of packed objects; {@code -Dweir.seed=N} to see a failure again. */
class StoredTest {
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final RandomImages images = new RandomImages(new Random(seed));

    @RepeatedTest(20)
    void aPackedObjectIsTheWholeOne() {
        Key key = images.key();
        Stored whole = new Stored(images.object(key), 7);

        Stored packed = RandomImages.packed(key, whole);

        assertThat(packed).as("seed %d", seed).isEqualTo(whole).hasSameHashCodeAs(whole);
        assertThat(whole).as("seed %d", seed).isEqualTo(packed);
        assertThat(packed).as("seed %d", seed).isEqualTo(RandomImages.packed(key, whole));
        assertThat(packed.value()).as("seed %d", seed).isEqualTo(whole.value());
        assertThat(packed.toAny()).as("seed %d", seed).isEqualTo(whole.toAny());
        assertThat(packed).as("seed %d", seed).isNotEqualTo(new Stored(whole.value(), 8));
    }

    @RepeatedTest(50)
    void aPackedImageIsTheWholeOne() {
        Image some = images.after(Image.empty("test"), 20);
        TreePMap<Key, Stored> whole = TreePMap.empty();
        TreePMap<Key, Stored> packed = TreePMap.empty();
        for (var entry : some.objects().entrySet()) {
            Key key = entry.getKey();
            whole =
                    whole.plus(
                            key, new Stored(entry.getValue().value(), entry.getValue().revision()));
            packed = packed.plus(key, RandomImages.packed(key, entry.getValue()));
        }
        Image allWhole = new Image("test", some.logId(), some.revision(), some.after(), whole);
        Image allPacked = new Image("test", some.logId(), some.revision(), some.after(), packed);

        assertThat(allPacked).as("seed %d", seed).isEqualTo(allWhole).isEqualTo(some);
        assertThat(Delta.between(allWhole, allPacked).changes()).as("seed %d", seed).isEmpty();
    }

    @Test
    void objectsOfTwoTypesDifferEvenWhenTheirBytesDoNot() throws Exception {
        assertThat(Stored.packed(Kinds.POD, ByteString.EMPTY, 1))
                .isNotEqualTo(Stored.packed(Kinds.NODE, ByteString.EMPTY, 1));
    }

    @Test
    void theWireNamesTheType() throws Exception {
        Any any = Stored.packed(Kinds.POD, ByteString.EMPTY, 1).toAny();

        assertThat(any.is(Kinds.POD.prototype().getClass())).isTrue();
    }

    @Test
    void bytesThatAreNoObjectAreRefused() {
        assertThatThrownBy(() -> Stored.packed(Kinds.POD, ByteString.copyFromUtf8("?"), 1))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }
}
