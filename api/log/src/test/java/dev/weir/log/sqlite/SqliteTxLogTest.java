package dev.weir.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.log.Committed;
import dev.weir.log.Entry;
import dev.weir.log.LogException;
import dev.weir.log.Namespaces;
import dev.weir.log.Outcome;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.TxLog;
import dev.weir.log.TxLogContract;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SqliteTxLogTest extends TxLogContract {
    @TempDir Path directory;
    private Path data;
    private SqliteLogStore store;

    @BeforeEach
    void openStore() {
        data = directory.resolve("log");
        store = SqliteLogStore.open(data);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    protected TxLog open() {
        return store.shard("test");
    }

    private void reopenStore() {
        store.close();
        store = SqliteLogStore.open(data);
    }

    private void write(String shard, long revision, String key) {
        try (TxLog log = store.shard(shard)) {
            long term = log.claim("writer");
            read(log);
            assertThat(log.append(term, List.of(entry(revision, put(key, "x")))))
                    .isEqualTo(new Outcome.Durable());
        }
    }

    @Test
    void theLogIdStaysAndIsTheSameForAllShards() {
        String id = store.logId();
        write("one", 1, "k/n/a");

        reopenStore();

        assertThat(store.logId()).isEqualTo(id);
        assertThat(store.shard("two").logId()).isEqualTo(id);
    }

    @Test
    void onlyTheOwnerCanReadTheDirectory() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    @Test
    void aDirectoryIsOpenOnlyOnce() {
        assertThatThrownBy(() -> SqliteLogStore.open(data))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("in use by another process");
    }

    @Test
    void anotherProcessIsRefused() throws Exception {
        Process other = Jvm.start(OpenStore.class, data.toString());

        assertThat(Jvm.output(other)).contains("in use by another process");
    }

    /** Opens a store in a process of its own and prints what comes of it. */
    static final class OpenStore {
        public static void main(String[] args) {
            try (SqliteLogStore store = SqliteLogStore.open(Path.of(args[0]))) {
                System.out.println("opened " + store.logId());
            } catch (LogException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void withoutItsLogIdTheDirectoryBecomesAnotherLog() throws Exception {
        String id = store.logId();
        write("test", 3, "k/n/a");
        store.close();
        Files.delete(data.resolve("log-id"));

        store = SqliteLogStore.open(data);

        assertThat(store.logId()).isNotEqualTo(id);
        Content content = reopened();
        assertThat(content.head().logId()).isEqualTo(store.logId());
        assertThat(content.head().revision()).isEqualTo(3);
        assertThat(content.values()).containsOnlyKeys("k/n/a");
    }

    @Test
    void aFileOfAnotherLogIsRefused() throws Exception {
        write("test", 1, "k/n/a");
        Path elsewhere = directory.resolve("elsewhere");
        try (SqliteLogStore other = SqliteLogStore.open(elsewhere)) {
            store.close();
            Files.copy(data.resolve("test.db"), elsewhere.resolve("test.db"));

            TxLog log = other.shard("test");

            assertThatThrownBy(() -> log.claim("a"))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("put the right file back");
            log.close();
        }
    }

    @Test
    void aDamagedFileIsRefusedWithAdvice() throws Exception {
        for (int i = 1; i <= 50; i++) {
            write("test", i, "k/n/a-long-name-so-that-pages-fill-up-" + i);
        }
        try (RandomAccessFile file = new RandomAccessFile(data.resolve("test.db").toFile(), "rw")) {
            file.seek(4096);
            file.write(new byte[(int) file.length() - 4096]);
        }

        TxLog log = open();

        assertThatThrownBy(() -> log.claim("a"))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("is damaged")
                .hasMessageContaining("restore it from a backup");
        log.close();
    }

    @Test
    void aFileThatIsNoLogIsRefused() throws Exception {
        Files.writeString(
                data.resolve("test.db"),
                "This is no database, but it is long enough to be looked at.".repeat(50));

        TxLog log = open();

        assertThatThrownBy(() -> log.claim("a"))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("is damaged");
        log.close();
    }

    @Test
    void aNewerSchemaIsRefused() throws Exception {
        write("test", 1, "k/n/a");
        try (Connection raw =
                DriverManager.getConnection("jdbc:sqlite:" + data.resolve("test.db"))) {
            raw.createStatement().execute("PRAGMA user_version = 99");
        }

        TxLog log = open();

        assertThatThrownBy(() -> log.claim("a"))
                .hasMessageContaining("start the version that wrote it");
        log.close();
    }

    @Test
    void aLockedFileRefusesTheGroupAndTakesItLater() throws Exception {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        List<Entry> group = List.of(entry(1, put("k/n/a", "1")));
        Outcome refused;
        try (Connection raw =
                DriverManager.getConnection("jdbc:sqlite:" + data.resolve("test.db"))) {
            raw.createStatement().execute("BEGIN IMMEDIATE");

            refused = log.append(term, group);
        }

        assertThat(refused)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        r -> assertThat(r.reason()).isEqualTo(Outcome.Reason.BUSY));
        assertThat(log.append(term, group)).isEqualTo(new Outcome.Durable());
    }

    @Test
    void aFullDiskRefusesWritesAndLosesNothing() throws Exception {
        try (Mount disk = Mount.tmpfs(directory.resolve("small"), "1m");
                SqliteLogStore small = SqliteLogStore.open(disk.path().resolve("log"))) {
            TxLog log = small.shard("test");
            long term = log.claim("a");
            read(log);
            long acknowledged = 0;
            Outcome outcome = new Outcome.Durable();
            while (outcome instanceof Outcome.Durable && acknowledged < 1000) {
                outcome =
                        log.append(
                                term,
                                List.of(
                                        entry(
                                                acknowledged + 1,
                                                put("k/n/" + acknowledged, "x".repeat(20_000)))));
                acknowledged += outcome instanceof Outcome.Durable ? 1 : 0;
            }

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            refused -> {
                                assertThat(refused.reason()).isEqualTo(Outcome.Reason.DISK_FULL);
                                assertThat(refused.message()).contains("free some space");
                            });
            assertThat(acknowledged).isPositive();
            assertThat(read(log).values()).hasSize((int) acknowledged);
            disk.resize("8m");
            assertThat(log.append(term, List.of(entry(acknowledged + 1, put("k/n/more", "x")))))
                    .isEqualTo(new Outcome.Durable());
            log.close();
        }
    }

    @Test
    void aShardOnAFullDiskSaysSoAndGoesOnWhenThereIsSpace() throws Exception {
        try (Mount disk = Mount.tmpfs(directory.resolve("small"), "1m");
                SqliteLogStore small = SqliteLogStore.open(disk.path().resolve("log"));
                Shard shard = Shard.open("test", small.shard("test"), ShardConfig.of("test"))) {
            Failure failure = null;
            for (int i = 0; i < 1000 && failure == null; i++) {
                try {
                    shard.write(Namespaces.put("name-" + i, "x".repeat(20_000)))
                            .get(10, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    failure = ((FailureException) e.getCause()).failure();
                }
            }
            Image full = shard.image();
            disk.resize("8m");

            Committed<String> later =
                    shard.write(Namespaces.put("later", "x")).get(10, TimeUnit.SECONDS);

            assertThat(failure).isNotNull();
            assertThat(failure.reason()).isEqualTo(Failure.Reason.STORAGE);
            assertThat(later.revision()).isEqualTo(full.revision() + 1);
            shard.close();
            try (Shard again = Shard.open("test", small.shard("test"), ShardConfig.of("test"))) {
                assertThat(again.image().objects()).hasSize(full.objects().size() + 1);
            }
        }
    }

    @Test
    void afterAnErrorNobodyExpectsAClaimTells() throws Exception {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        log.append(term, List.of(entry(1, put("k/n/a", "1"))));
        raw("ALTER TABLE requests RENAME TO elsewhere");

        Outcome outcome =
                log.append(
                        term,
                        List.of(
                                new Entry(
                                        2, List.of(put("k/n/a", "2")), "request", Frontier.EMPTY)));

        assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
        raw("ALTER TABLE elsewhere RENAME TO requests");
        long next = log.claim("a");
        Content content = read(log);
        assertThat(content.head().revision()).isEqualTo(1);
        assertThat(content.values()).containsEntry("k/n/a", ByteString.copyFromUtf8("1"));
        assertThat(log.append(next, List.of(entry(2, put("k/n/a", "2")))))
                .isEqualTo(new Outcome.Durable());
    }

    private void raw(String sql) throws Exception {
        try (Connection raw =
                DriverManager.getConnection("jdbc:sqlite:" + data.resolve("test.db"))) {
            raw.createStatement().execute(sql);
        }
    }

    @Test
    void aReadOnlyFileSystemIsRefusedWithAdvice() throws Exception {
        try (Mount disk = Mount.tmpfs(directory.resolve("frozen"), "4m")) {
            Path log = disk.path().resolve("log");
            SqliteLogStore.open(log).close();
            disk.readOnly();

            assertThatThrownBy(() -> SqliteLogStore.open(log))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("writable file system");
        }
    }

    @Test
    void aGroupOfManyLargeRecordsIsOneTransaction() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        ByteString value = ByteString.copyFrom(new byte[100_000]);
        List<Entry> group =
                java.util.stream.LongStream.rangeClosed(1, 100)
                        .mapToObj(
                                i ->
                                        new Entry(
                                                i,
                                                List.of(
                                                        new Entry.Record(
                                                                "k/n/" + i, Optional.of(value))),
                                                "",
                                                Frontier.EMPTY))
                        .toList();

        assertThat(log.append(term, group)).isEqualTo(new Outcome.Durable());

        assertThat(reopened().values()).hasSize(100);
    }

    /** A file system of its own, for tests that are root. */
    private record Mount(Path path) implements AutoCloseable {
        static Mount tmpfs(Path path, String size) throws Exception {
            Files.createDirectories(path);
            assumeTrue(
                    run("mount", "-t", "tmpfs", "-o", "size=" + size, "weir-test", path.toString()),
                    "needs to be root, to mount a small file system");
            return new Mount(path);
        }

        void resize(String size) throws Exception {
            assertThat(run("mount", "-o", "remount,size=" + size, path.toString())).isTrue();
        }

        void readOnly() throws Exception {
            assertThat(run("mount", "-o", "remount,ro", path.toString())).isTrue();
        }

        @Override
        public void close() throws Exception {
            run("umount", path.toString());
        }

        private static boolean run(String... command) throws Exception {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        }
    }
}
