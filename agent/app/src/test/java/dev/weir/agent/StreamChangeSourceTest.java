package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.Namespaces;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against the service of the control plane, over TCP. */
class StreamChangeSourceTest extends ChangeSourceContract {
    @Override
    Origin open() throws Exception {
        return new StreamOrigin();
    }

    static IntStream seeds() {
        return new Random().ints(20);
    }

    @Override
    int restarts() {
        return 10;
    }

    @Test
    void whenItsReplicaIsGoneItGoesOnAtAnother() throws Exception {
        write("a", "1");
        write(ENDPOINT, Namespaces.put("x", "1"));
        startAgain(((StreamOrigin) origin).sourceOfTwo());
        awaitAll();

        origin.wire().cut();
        write("b", "1");

        awaitAll();
        assertThat(updates().subList(SHARDS.size(), updates().size()))
                .isNotEmpty()
                .allMatch(update -> update instanceof ShardUpdate.Changes);
    }

    @Test
    void partsOfASnapshotAreOneUpdate() throws Exception {
        Namespaces.Change all = Namespaces.put("n", "1");
        for (int i = 0; i < 1_234; i++) {
            all = all.and("n" + i, "1");
        }
        write(CONTROL, all);

        start();

        awaitAll();
        assertThat(updates()).hasSize(SHARDS.size());
    }
}
