package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.PMap;

/** What every {@link ChangeSource} does, whatever happens to what it reads from. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ChangeSourceContract {
    static final String CONTROL = "control";
    static final String ENDPOINT = "endpoint";
    static final List<String> SHARDS = List.of(CONTROL, ENDPOINT);

    /** How long a close may take. */
    private static final Duration CLOSE = Duration.ofSeconds(5);

    /** For this long nothing must happen. */
    private static final Duration STILL = Duration.ofMillis(300);

    /** Where a source reads from, and what can happen to it. */
    interface Origin extends AutoCloseable {
        /** Where the shard is written. */
        Shard shard(String name);

        /** A new one, whose connections all go over the wire. The caller closes it. */
        ChangeSource source();

        Wire wire();

        /** Ends without a word and starts anew, with the same state. */
        void restart() throws Exception;

        /** Keeps the state, and no longer how it came about; that something was removed neither. */
        void forget() throws Exception;

        /** Is replaced by one that has another log id, and nothing yet. */
        void replace() throws Exception;

        /** Has a backup made. */
        void keep() throws Exception;

        /** Is what it was when it was kept: of the same id, at a lower revision. */
        void bringBack() throws Exception;

        /** From now on, sources meet something that they cannot read, after a last good change. */
        void garble(Unreadable what) throws Exception;

        /** It can be read again, or is gone. */
        void mend() throws Exception;
    }

    enum Unreadable {
        /** An object Gateway shop/a. */
        KIND_OF_A_LATER_VERSION,
        /** A Namespace z whose bytes are none. */
        BYTES
    }

    @TempDir Path directory;
    Origin origin;
    private final Tables tables = new Tables();
    private final Map<Long, PMap<Key, Stored>> written = new TreeMap<>();
    private ChangeSource source;

    abstract Origin open() throws Exception;

    /** How many of a hundred steps of an interleaving are restarts. */
    abstract int restarts();

    @BeforeEach
    void openOrigin() throws Exception {
        origin = open();
        source = origin.source();
    }

    @AfterEach
    void closeAll() throws Exception {
        source.close();
        origin.close();
    }

    void start() {
        source.start(SHARDS, Frontier.EMPTY, tables);
    }

    /** Goes on with what the tables hold, as a new reader of them. */
    private void startAgain(Frontier resume) {
        source.close();
        source = origin.source();
        source.start(SHARDS, resume, tables);
    }

    /** With another source, from the beginning. */
    void startAgain(ChangeSource other) {
        source.close();
        source = other;
        start();
    }

    long write(String name, String value) {
        return write(CONTROL, Namespaces.put(name, value));
    }

    long remove(String name) {
        return write(CONTROL, Namespaces.remove(name));
    }

    /** Until it is durable, as a client would. */
    long write(String shard, Namespaces.Change change) {
        Namespaces.Change request = change.as(java.util.UUID.randomUUID().toString());
        long deadline = System.nanoTime() + Tables.PATIENCE.toNanos();
        while (true) {
            try {
                long revision = origin.shard(shard).write(request).join().revision();
                Image image = origin.shard(shard).image();
                if (shard.equals(CONTROL) && image.revision() == revision) {
                    written.put(revision, image.objects());
                }
                return revision;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof FailureException) || System.nanoTime() > deadline) {
                    throw e;
                }
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
        }
    }

    void awaitAll() throws InterruptedException {
        for (String shard : SHARDS) {
            tables.awaitEqual(origin.shard(shard));
        }
        tables.assertPassedOnly(CONTROL, origin.shard(CONTROL).image().logId(), written);
    }

    List<ShardUpdate> updates() {
        return tables.updates();
    }

    /** The revisions begin anew. */
    void forgetWhatWasWritten() {
        written.clear();
    }

    private void awaitConnected(boolean connected) throws InterruptedException {
        long deadline = System.nanoTime() + Tables.PATIENCE.toNanos();
        while (source.connected() != connected) {
            assertThat(System.nanoTime())
                    .as("connected=%s within %s", connected, Tables.PATIENCE)
                    .isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void theWholeStateComesFirst() throws Exception {
        write("a", "1");
        write("b", "1");
        remove("a");
        assertThat(source.connected()).isFalse();

        start();

        awaitAll();
        awaitConnected(true);
        assertThat(tables.updates())
                .hasSize(SHARDS.size())
                .allMatch(update -> update instanceof ShardUpdate.Snapshot);
    }

    @Test
    void aShardWithoutObjectsIsInSyncToo() throws Exception {
        start();

        awaitAll();
    }

    @Test
    void changesFollowInOrder() throws Exception {
        start();
        awaitAll();

        write("a", "1");
        write(ENDPOINT, Namespaces.put("x", "1"));
        write("b", "1");
        remove("a");
        write("b", "2");
        awaitAll();

        assertThat(tables.updates().subList(SHARDS.size(), tables.updates().size()))
                .isNotEmpty()
                .allMatch(update -> update instanceof ShardUpdate.Changes);
    }

    @Test
    void whoWasAwayGoesOnWhereTheyWere() throws Exception {
        write("a", "1");
        write("b", "1");
        start();
        awaitAll();
        source.close();

        remove("a");
        write("c", "1");
        startAgain(tables.frontier());

        awaitAll();
    }

    @Test
    void whoMissedNothingIsToldSo() throws Exception {
        write("a", "1");
        start();
        awaitAll();
        int known = tables.updates().size();

        startAgain(tables.frontier());
        for (int i = 0; i < SHARDS.size(); i++) {
            tables.awaitUpdate(known + i);
        }

        awaitAll();
    }

    @Test
    void afterAnInterruptionItGoesOn() throws Exception {
        write("a", "1");
        start();
        awaitAll();
        awaitConnected(true);

        origin.wire().cut();
        awaitConnected(false);
        remove("a");
        write("b", "1");
        origin.wire().mend();

        awaitAll();
        awaitConnected(true);
    }

    @Test
    void itWaitsForWhatIsNotThereYet() throws Exception {
        write("a", "1");
        origin.wire().cut();
        start();
        Thread.sleep(STILL);
        assertThat(source.connected()).isFalse();
        assertThat(tables.updates()).isEmpty();

        origin.wire().mend();

        awaitAll();
        awaitConnected(true);
    }

    @Test
    void aRestartIsAnInterruption() throws Exception {
        write("a", "1");
        start();
        awaitAll();

        origin.restart();
        write("b", "1");

        awaitAll();
        awaitConnected(true);
    }

    @Test
    void whatWasForgottenIsWorkedOut() throws Exception {
        for (int i = 0; i < 10; i++) {
            write("n" + i, "1");
        }
        start();
        awaitAll();
        origin.wire().cut();
        for (int i = 0; i < 10; i += 2) {
            remove("n" + i);
        }
        write("n1", "2");
        origin.forget();
        origin.wire().mend();

        awaitAll();
    }

    @Test
    void anotherLogIsReadFromTheStart() throws Exception {
        write("a", "1");
        write("b", "1");
        start();
        awaitAll();
        String former = tables.frontier().logId();

        origin.replace();
        forgetWhatWasWritten();
        write("c", "1");

        awaitAll();
        assertThat(tables.frontier().logId()).isNotEqualTo(former);
    }

    @Test
    void whatWasBroughtBackFromABackupIsTaken() throws Exception {
        write("a", "1");
        origin.keep();
        write("b", "1");
        remove("a");
        write("c", "1");
        start();
        awaitAll();
        long further = tables.image(CONTROL).revision();

        origin.bringBack();
        forgetWhatWasWritten();
        write("d", "1");

        awaitAll();
        assertThat(tables.image(CONTROL).revision()).isLessThan(further);
    }

    @Test
    void aSlowReaderHoldsBackTheSource() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        AtomicInteger control = new AtomicInteger();
        source.start(
                SHARDS,
                Frontier.EMPTY,
                update -> {
                    tables.accept(update);
                    if (update.shard().equals(CONTROL) && control.incrementAndGet() > 1) {
                        await(held);
                    }
                });
        awaitAll();
        int writes = 3_000;
        String large = "x".repeat(4_000);

        List<CompletableFuture<?>> durable = new ArrayList<>();
        for (int i = 0; i < writes; i++) {
            durable.add(origin.shard(CONTROL).write(Namespaces.put("n" + i % 7, large + i)));
        }
        durable.forEach(CompletableFuture::join);
        assertThat(control).hasValueLessThanOrEqualTo(2);
        held.countDown();

        awaitAll();
        assertThat(control).as("updates, of %d writes", writes).hasValueLessThan(writes / 2);
    }

    private static void await(CountDownLatch held) {
        try {
            assertThat(held.await(Tables.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Writes, interruptions, restarts, and readers that begin anew or go on. Each subclass says how
     * often; the seed is the test's name.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void anyInterleavingOfInterruptionsGivesTheSameTables(int seed) throws Exception {
        Random random = new Random(seed);
        start();
        for (int step = 0; step < 60; step++) {
            int dice = random.nextInt(100);
            if (dice < restarts()) {
                origin.restart();
            } else if (dice < 15) {
                origin.wire().cut();
            } else if (dice < 35) {
                origin.wire().mend();
            } else if (dice < 40) {
                origin.wire().breakOpen();
            } else if (dice < 45) {
                startAgain(random.nextBoolean() ? tables.frontier() : Frontier.EMPTY);
            } else if (dice < 55) {
                Thread.sleep(random.nextInt(60));
            } else {
                for (int i = random.nextInt(12); i >= 0; i--) {
                    writeAny(random);
                }
            }
        }
        origin.wire().mend();

        awaitAll();
    }

    private void writeAny(Random random) {
        String name = "n" + random.nextInt(20);
        write(
                random.nextInt(4) == 0 ? ENDPOINT : CONTROL,
                random.nextInt(3) == 0
                        ? Namespaces.remove(name)
                        : Namespaces.put(name, "v" + random.nextInt(1_000)));
    }

    @Test
    void aKindOfALaterVersionIsToldAndChangesNothing() throws Exception {
        String alarm = alarmAfter(Unreadable.KIND_OF_A_LATER_VERSION);

        assertThat(alarm).contains("Someday shop/a").contains("Upgrade");
    }

    @Test
    void bytesThatCannotBeReadAreToldAndChangeNothing() throws Exception {
        String alarm = alarmAfter(Unreadable.BYTES);

        assertThat(alarm).contains("Namespace z");
    }

    private String alarmAfter(Unreadable what) throws Exception {
        write("a", "1");
        start();
        awaitAll();
        String alarm;
        try (Alarms alarms = Alarms.open()) {
            Image good = tables.image(CONTROL);
            origin.garble(what);
            alarm = alarms.await(Tables.PATIENCE);
            Thread.sleep(STILL);

            assertThat(tables.image(CONTROL).objects()).isEqualTo(good.objects());
            assertThat(alarms.told()).as("the same is told once").hasSize(1);
        }
        forgetWhatWasWritten();
        origin.mend();
        write("b", "1");

        awaitAll();
        return alarm;
    }

    @Test
    void aCloseEndsItWhateverItWaitsFor() throws Exception {
        write("a", "1");
        List<Consumer<ShardUpdate>> readers = new ArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        readers.add(tables);
        readers.add(update -> await(never));
        for (Consumer<ShardUpdate> reader : readers) {
            for (boolean cut : List.of(false, true)) {
                ChangeSource other = origin.source();
                if (cut) {
                    origin.wire().cut();
                }
                other.start(SHARDS, Frontier.EMPTY, reader);
                Thread.sleep(STILL);

                long before = System.nanoTime();
                other.close();

                assertThat(System.nanoTime() - before).isLessThan(CLOSE.toNanos());
                assertThat(threads()).doesNotContain("change-source", "\"follow-");
                origin.wire().mend();
            }
        }
        int known = tables.updates().size();
        write("b", "1");
        Thread.sleep(STILL);
        assertThat(tables.updates()).hasSize(known);
    }

    @Test
    void aSourceThatNeverStartedIsClosedToo() {
        origin.source().close();
    }

    /** Of all threads, virtual ones too. */
    private String threads() throws Exception {
        Path dump = Files.createTempDirectory(directory, "threads").resolve("dump.json");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
        return Files.readString(dump);
    }
}
