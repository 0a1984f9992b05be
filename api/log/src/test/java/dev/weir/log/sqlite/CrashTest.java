package dev.weir.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a writing process, again and again, and looks at what it leaves behind: nothing that was
 * acknowledged is lost, groups are whole, no revision is used twice. {@code -Dweir.crash.rounds=N}
 * for more rounds.
 */
@Timeout(300)
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("weir.crash.rounds", 8);
    private static final int CALLERS = 8;
    private static final int NAMES = 50;

    /** What one line of the writer says: this pair holds this value since this revision. */
    private record Acknowledged(long revision, String name, String value) {
        static Acknowledged parse(String line) {
            String[] words = line.split(" ");
            return new Acknowledged(Long.parseLong(words[0]), words[1], words[2]);
        }
    }

    @Test
    void nothingAcknowledgedIsLost(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        Random random = new Random(seed);
        Path data = directory.resolve("log");
        Set<Long> used = new HashSet<>();
        Map<String, Acknowledged> latest = new HashMap<>();
        long highest = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String where = "seed " + seed + ", round " + round;
            Process writer = Jvm.start(Writer.class, data.toString(), "" + round);
            try (BufferedReader lines = writer.inputReader()) {
                killSoon(writer, lines, random);
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    // The last line may be cut off; a whole one ends with a full stop.
                    if (!line.endsWith(" .")) {
                        assertThat(lines.readLine())
                                .as("%s: the writer said: %s", where, line)
                                .isNull();
                        break;
                    }
                    Acknowledged acknowledged = Acknowledged.parse(line);
                    assertThat(used.add(acknowledged.revision()))
                            .as("%s: revision %d is used once", where, acknowledged.revision())
                            .isTrue();
                    latest.merge(
                            acknowledged.name(),
                            acknowledged,
                            (a, b) -> a.revision() > b.revision() ? a : b);
                    highest = Math.max(highest, acknowledged.revision());
                }
            } finally {
                writer.toHandle().destroyForcibly();
            }
            assertThat(writer.waitFor(20, TimeUnit.SECONDS))
                    .as("%s: the writer is gone", where)
                    .isTrue();

            try (SqliteLogStore store = SqliteLogStore.open(data);
                    Shard shard =
                            Shard.open("test", store.shard("test"), ShardConfig.of("check"))) {
                check(where, shard.image(), latest, highest);
                // What was written but not acknowledged counts from here on.
                highest = shard.image().revision();
            }
        }
        assertThat(used).as("acknowledged writes over all rounds").hasSizeGreaterThan(ROUNDS * 10);
    }

    /** Kills the writer a random while after its first acknowledgement. */
    private static void killSoon(Process writer, BufferedReader lines, Random random)
            throws Exception {
        int pause = random.nextInt(300);
        lines.mark(1);
        assertThat(lines.read()).as("the writer's first acknowledgement").isNotEqualTo(-1);
        lines.reset();
        Thread.startVirtualThread(
                () -> {
                    try {
                        Thread.sleep(pause);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    // Process.destroyForcibly would close the stream, too, and lose what is still
                    // in it.
                    writer.toHandle().destroyForcibly();
                });
    }

    private static void check(
            String where, Image image, Map<String, Acknowledged> latest, long highest) {
        assertThat(image.revision()).as("%s: the head", where).isGreaterThanOrEqualTo(highest);
        for (Acknowledged acknowledged : latest.values()) {
            Stored stored =
                    image.get(Namespaces.key(acknowledged.name()))
                            .orElseThrow(() -> new AssertionError(where));
            assertThat(stored.revision())
                    .as("%s: %s", where, acknowledged)
                    .isGreaterThanOrEqualTo(acknowledged.revision());
            if (stored.revision() == acknowledged.revision()) {
                assertThat(Namespaces.value(image, acknowledged.name()))
                        .contains(acknowledged.value());
            }
        }
        Map<Long, String> byRevision = new HashMap<>();
        Namespaces.values(image)
                .forEach(
                        (name, value) -> {
                            String base = name.substring(0, name.length() - 2);
                            for (String half : new String[] {base + "-a", base + "-b"}) {
                                assertThat(Namespaces.value(image, half))
                                        .as("%s: both halves of %s", where, base)
                                        .contains(value);
                            }
                            long revision =
                                    image.get(Namespaces.key(name)).orElseThrow().revision();
                            assertThat(byRevision.getOrDefault(revision, base))
                                    .as("%s: revision %d is one write's only", where, revision)
                                    .isEqualTo(base);
                            byRevision.put(revision, base);
                        });
    }

    /** Writes pairs without end, and prints each one that was acknowledged. */
    static final class Writer {
        public static void main(String[] args) throws Exception {
            SqliteLogStore store = SqliteLogStore.open(Path.of(args[0]));
            Shard shard = Shard.open("test", store.shard("test"), ShardConfig.of("writer"));
            AtomicLong count = new AtomicLong();
            for (int i = 0; i < CALLERS; i++) {
                int caller = i;
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    Random random = new Random();
                                    while (true) {
                                        String name =
                                                "pair-" + caller + "-" + random.nextInt(NAMES);
                                        String value = args[1] + "." + count.incrementAndGet();
                                        long revision =
                                                shard.write(
                                                                Namespaces.put(name + "-a", value)
                                                                        .and(name + "-b", value))
                                                        .join()
                                                        .revision();
                                        System.out.println(
                                                revision + " " + name + "-a " + value + " .");
                                    }
                                });
            }
        }
    }
}
