package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
    private static final Image CONTROL =
            image(
                    "control",
                    7,
                    Frontier.EMPTY,
                    Map.of(
                            Kinds.POD.key("shop", "web"),
                            new Change.Put(
                                    Pod.newBuilder()
                                            .setMetadata(
                                                    ObjectMeta.newBuilder()
                                                            .setNamespace("shop")
                                                            .setName("web"))
                                            .build(),
                                    5)));
    private static final Image ENDPOINT =
            image(
                    "endpoint",
                    4,
                    Frontier.of("log-1", "control", 6),
                    Map.of(
                            Kinds.SERVICE.key("shop", "web"),
                            new Change.Put(Service.getDefaultInstance(), 2)));
    private static final Image POLICY = image("policy", 1, Frontier.EMPTY, Map.of());

    @TempDir private Path directory;
    private Path path;
    private SnapshotFile file;

    @BeforeEach
    void open() {
        path = directory.resolve("state.pb");
        file = new SnapshotFile(path);
    }

    private static Image image(
            String shard, long revision, Frontier after, Map<Key, Change> changes) {
        return Image.empty(shard)
                .apply(new Delta(shard, "log-1", revision, after, new TreeMap<>(changes)));
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        file.write(List.of(CONTROL, ENDPOINT, POLICY));

        assertThat(file.read())
                .contains(Map.of("control", CONTROL, "endpoint", ENDPOINT, "policy", POLICY));
    }

    @Test
    void theLastOneCounts() throws Exception {
        file.write(List.of(CONTROL, ENDPOINT));
        file.write(List.of(POLICY));

        assertThat(file.read()).contains(Map.of("policy", POLICY));
        assertThat(directory).isDirectoryNotContaining(found -> !found.equals(path));
    }

    @Test
    void withoutAFileThereIsNothing() {
        assertThat(file.read()).isEmpty();
    }

    @Test
    void aFileThatIsCutShortIsNothing() throws Exception {
        file.write(List.of(CONTROL, ENDPOINT));
        byte[] whole = Files.readAllBytes(path);

        for (int length = 0; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertThat(file.read()).as(length + " of " + whole.length + " bytes").isEmpty();
        }
    }

    @Test
    void whatIsNoSnapshotIsNothing() throws Exception {
        Files.writeString(path, "not a snapshot, whatever it may be");

        assertThat(file.read()).isEmpty();
    }
}
