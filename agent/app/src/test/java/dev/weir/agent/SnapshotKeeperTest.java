package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Pod;
import dev.weir.model.Kinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.HashTreePMap;

class SnapshotKeeperTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private Path directory;

    private Path path() {
        return directory.resolve("state.pb");
    }

    private static Map<String, Image> state(long revision) {
        var changes = new TreeMap<dev.weir.model.Key, Change>();
        changes.put(
                Kinds.POD.key("shop", "web"), new Change.Put(Pod.getDefaultInstance(), revision));
        return Map.of(
                "control",
                Image.empty("control")
                        .apply(new Delta("control", "log-1", revision, Frontier.EMPTY, changes)));
    }

    private static NodeLoop.Carried carried(Map<String, Image> shards) {
        return new NodeLoop.Carried(
                new NodeImage(
                        Frontier.EMPTY,
                        shards,
                        HashTreePMap.empty(),
                        HashTreePMap.empty(),
                        HashTreePMap.empty(),
                        HashTreePMap.empty()),
                Frontier.EMPTY,
                List.of(),
                List.of());
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT1S", "PT0.05S, PT1S", "PT0.06S, PT1.2S", "PT3S, PT60S"})
    void theLongerAWriteTakesTheSeldomerThereIsOne(Duration took, Duration pause) {
        assertThat(SnapshotKeeper.pause(took)).isEqualTo(pause);
    }

    @Test
    void theLatestStateIsWrittenWhileItRuns() throws Exception {
        try (SnapshotKeeper keeper = new SnapshotKeeper(path())) {
            keeper.start();
            keeper.carried(carried(state(1)));
            keeper.carried(carried(state(2)));

            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (keeper.lastRun().isEmpty()) {
                assertThat(System.nanoTime()).as("deadline for the file").isLessThan(deadline);
                Thread.sleep(20);
            }

            assertThat(keeper.lastRun()).contains(state(2));
        }
    }

    @Test
    void theLastStateIsWrittenAtTheEnd() {
        SnapshotKeeper keeper = new SnapshotKeeper(path());
        keeper.start();
        keeper.carried(carried(state(3)));

        keeper.close();

        assertThat(new SnapshotKeeper(path()).lastRun()).contains(state(3));
    }

    @Test
    void anAgentThatKnowsNothingLeavesTheLastStateAsItIs() throws Exception {
        new SnapshotFile(path()).write(state(4).values());
        SnapshotKeeper keeper = new SnapshotKeeper(path());
        keeper.start();
        keeper.carried(carried(Map.of()));

        keeper.close();

        assertThat(keeper.lastRun()).contains(state(4));
        assertThat(Files.list(directory)).containsExactly(path());
    }

    @Test
    void oneThatNeverStartedCanBeClosed() {
        new SnapshotKeeper(path()).close();

        assertThat(directory).isEmptyDirectory();
    }
}
