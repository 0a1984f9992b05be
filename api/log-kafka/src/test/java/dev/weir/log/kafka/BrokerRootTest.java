package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.log.TxLog;
import dev.weir.model.Shards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The image's files are enough to run a broker: one runs with nothing else in sight. */
@Timeout(180)
class BrokerRootTest {
    /** In a mount namespace of its own, so that the mounts end with the process. */
    private static final String ENTER =
            "mount --bind /proc \"$1/proc\" && mount --bind /dev \"$1/dev\" && exec chroot \"$@\"";

    @TempDir Path directory;

    @Test
    void brokerRunsFromTheFilesOfTheImage() throws Exception {
        assumeTrue(isRoot(), "only root may change the root directory of a process");
        Path root = directory.resolve("root");
        BrokerRoot.fill(root);
        Files.createDirectories(root.resolve("proc"));
        Files.createDirectories(root.resolve("dev"));
        int port = ContainerBroker.freePort();
        List<String> command = new ArrayList<>();
        command.addAll(List.of("unshare", "--mount", "sh", "-c", ENTER, "sh", root.toString()));
        command.addAll(BrokerRoot.command("127.0.0.1", port));
        Path said = directory.resolve("said");

        Process broker =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();

        try {
            ContainerBroker.awaitAnswer("127.0.0.1", port, broker::isAlive, said);
            KafkaLogStore store = KafkaLogStore.open(KafkaConfig.of("root", "127.0.0.1:" + port));
            try (TxLog log = store.shard(Shards.CONTROL)) {
                assertThat(log.claim("writer")).isEqualTo(1);
            }
        } finally {
            broker.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
    }

    private static boolean isRoot() throws Exception {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
