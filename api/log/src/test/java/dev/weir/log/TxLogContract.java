package dev.weir.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weir.changes.Frontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every backend promises. A backend's test extends this and says how to open a log. */
public abstract class TxLogContract {
    private static final Frontier NOTHING = Frontier.EMPTY;
    private final List<TxLog> opened = new ArrayList<>();

    /** Another handle on one and the same log; it is empty before the first test's first write. */
    protected abstract TxLog open();

    /** What a log holds, as the one who replays it sees it. */
    protected record Content(
            Head head,
            TreeMap<String, ByteString> values,
            TreeMap<String, Long> revisions,
            TreeMap<Long, String> requests) {}

    @AfterEach
    void closeLogs() {
        opened.forEach(TxLog::close);
    }

    protected final TxLog log() {
        TxLog log = open();
        opened.add(log);
        return log;
    }

    protected static Entry.Record put(String key, String value) {
        return new Entry.Record(key, Optional.of(ByteString.copyFromUtf8(value)));
    }

    protected static Entry.Record remove(String key) {
        return new Entry.Record(key, Optional.empty());
    }

    protected static Entry entry(long revision, Entry.Record... records) {
        return new Entry(revision, List.of(records), "", NOTHING);
    }

    protected static Content read(TxLog log) {
        TreeMap<String, ByteString> values = new TreeMap<>();
        TreeMap<String, Long> revisions = new TreeMap<>();
        TreeMap<Long, String> requests = new TreeMap<>();
        Head head =
                log.replay(
                        new TxLog.Handler() {
                            private long last;

                            @Override
                            public void record(
                                    long revision, String key, Optional<ByteString> value) {
                                assertThat(revision).as("in order").isGreaterThanOrEqualTo(last);
                                last = revision;
                                value.ifPresentOrElse(
                                        v -> values.put(key, v), () -> values.remove(key));
                                revisions.put(key, revision);
                            }

                            @Override
                            public void request(long revision, String requestId) {
                                requests.put(revision, requestId);
                            }
                        });
        revisions.keySet().retainAll(values.keySet());
        return new Content(head, values, revisions, requests);
    }

    /** What a new writer finds. */
    protected final Content reopened() {
        TxLog log = log();
        log.claim("reader");
        return read(log);
    }

    @Test
    void anEmptyLogStartsAtRevisionZero() {
        TxLog log = log();
        long term = log.claim("a");

        Content content = read(log);

        assertThat(content.head()).isEqualTo(new Head(log.logId(), 0, term, NOTHING));
        assertThat(content.values()).isEmpty();
        assertThat(term).isPositive();
    }

    @Test
    void whatWasAppendedIsReplayed() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        Frontier after = Frontier.of("log", "other", 7);

        Outcome outcome =
                log.append(
                        term,
                        List.of(
                                entry(1, put("k/n/a", "1"), put("k/n/b", "2")),
                                new Entry(2, List.of(put("k/n/a", "3")), "request", after)));

        assertThat(outcome).isEqualTo(new Outcome.Durable());
        Content content = reopened();
        assertThat(content.head()).isEqualTo(new Head(log.logId(), 2, term + 1, after));
        assertThat(content.values())
                .containsEntry("k/n/a", ByteString.copyFromUtf8("3"))
                .containsEntry("k/n/b", ByteString.copyFromUtf8("2"))
                .hasSize(2);
        assertThat(content.revisions()).containsEntry("k/n/a", 2L).containsEntry("k/n/b", 1L);
        assertThat(content.requests()).containsExactly(java.util.Map.entry(2L, "request"));
    }

    @Test
    void theHeadKeepsTheRevisionWhenEverythingWasRemoved() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        log.append(term, List.of(entry(1, put("k/n/a", "1"))));

        log.append(term, List.of(entry(2, remove("k/n/a"))));

        assertThat(reopened().values()).isEmpty();
        assertThat(reopened().head().revision()).isEqualTo(2);
    }

    @Test
    void removingWhatIsNotThereSucceeds() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);

        assertThat(log.append(term, List.of(entry(1, remove("k/n/a")))))
                .isEqualTo(new Outcome.Durable());
    }

    @Test
    void anEntryWithoutRecordsMovesTheHead() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        Frontier after = Frontier.of("log", "other", 1);

        log.append(term, List.of(new Entry(1, List.of(), "", after)));

        assertThat(reopened().head())
                .extracting(Head::revision, Head::after)
                .containsExactly(1L, after);
    }

    @Test
    void bytesComeBackAsTheyWere() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        byte[] large = new byte[3 << 20];
        new Random(1).nextBytes(large);
        ByteString value = ByteString.copyFrom(large);

        log.append(
                term,
                List.of(
                        new Entry(
                                1,
                                List.of(new Entry.Record("k/n/large", Optional.of(value))),
                                "",
                                NOTHING),
                        entry(2, put("k//empty", ""), put("k/n/ü ' \" %", "quoted"))));

        assertThat(reopened().values())
                .containsEntry("k/n/large", value)
                .containsEntry("k//empty", ByteString.EMPTY)
                .containsEntry("k/n/ü ' \" %", ByteString.copyFromUtf8("quoted"));
    }

    @Test
    void aLaterClaimFencesAnEarlierOne() {
        TxLog old = log();
        long oldTerm = old.claim("old");
        read(old);
        TxLog young = log();
        long youngTerm = young.claim("young");
        read(young);

        Outcome late = old.append(oldTerm, List.of(entry(1, put("k/n/late", "1"))));

        assertThat(youngTerm).isGreaterThan(oldTerm);
        assertThat(late).isEqualTo(new Outcome.Fenced(youngTerm, "young"));
        assertThat(young.append(youngTerm, List.of(entry(1, put("k/n/a", "1")))))
                .isEqualTo(new Outcome.Durable());
        assertThat(reopened().values()).containsOnlyKeys("k/n/a");
    }

    @Test
    void aFencedWriterDoesNotClaimTheLogBack() {
        TxLog old = log();
        old.claim("old");
        TxLog young = log();
        long term = young.claim("young");
        read(young);

        assertThatThrownBy(() -> old.claim("old")).isInstanceOf(LogException.Fenced.class);

        assertThatThrownBy(() -> read(old)).isInstanceOf(LogException.Fenced.class);
        assertThat(young.append(term, List.of(entry(1)))).isEqualTo(new Outcome.Durable());
    }

    @Test
    void theSameWriterMayClaimAgain() {
        TxLog log = log();
        long first = log.claim("a");
        read(log);
        log.append(first, List.of(entry(1, put("k/n/a", "1"))));

        long second = log.claim("a");

        assertThat(second).isGreaterThan(first);
        assertThat(read(log).head().revision()).isEqualTo(1);
        assertThat(log.append(first, List.of(entry(2, put("k/n/b", "1")))))
                .isEqualTo(new Outcome.Fenced(second, "a"));
        assertThat(log.append(second, List.of(entry(2, put("k/n/c", "1")))))
                .isEqualTo(new Outcome.Durable());
        assertThat(reopened().values()).containsOnlyKeys("k/n/a", "k/n/c");
    }

    @Test
    void revisionsOnlyRise() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        log.append(term, List.of(entry(5)));

        assertThatThrownBy(() -> log.append(term, List.of(entry(5))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.append(term, List.of(entry(7), entry(6))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(reopened().head().revision()).isEqualTo(5);
    }

    @Test
    void requestsAreKeptForTheWindowAtLeast() {
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        long first = 10;
        log.append(
                term,
                List.of(
                        new Entry(first, List.of(), "old", NOTHING),
                        new Entry(first + 1, List.of(), "kept", NOTHING)));

        log.append(
                term, List.of(new Entry(first + TxLog.REQUEST_WINDOW, List.of(), "new", NOTHING)));

        assertThat(reopened().requests())
                .containsEntry(first + 1, "kept")
                .containsEntry(first + TxLog.REQUEST_WINDOW, "new");
    }

    @Test
    void allHandlesNameTheSameLog() {
        assertThat(log().logId()).isNotEmpty().isEqualTo(log().logId());
    }

    @Test
    void randomGroupsComeBackWhole() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        Random random = new Random(seed);
        TreeMap<String, ByteString> model = new TreeMap<>();
        TreeMap<String, Long> revisions = new TreeMap<>();
        long revision = 0;
        TxLog log = log();
        long term = log.claim("a");
        read(log);
        for (int round = 0; round < 40; round++) {
            List<Entry> group = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                revision++;
                TreeMap<String, Entry.Record> records = new TreeMap<>();
                for (int j = random.nextInt(4); j > 0; j--) {
                    String key = "k/n/" + random.nextInt(12);
                    records.put(
                            key,
                            random.nextInt(3) == 0 ? remove(key) : put(key, "" + random.nextInt()));
                }
                for (Entry.Record record : records.values()) {
                    record.value()
                            .ifPresentOrElse(
                                    v -> model.put(record.key(), v),
                                    () -> model.remove(record.key()));
                    revisions.put(record.key(), revision);
                }
                group.add(entry(revision, records.values().toArray(Entry.Record[]::new)));
            }

            Outcome outcome = log.append(term, group);

            assertThat(outcome).as("seed %d", seed).isEqualTo(new Outcome.Durable());
            if (random.nextInt(8) == 0) {
                log.close();
                opened.remove(log);
                log = log();
                term = log.claim("a");
                assertThat(read(log).head().revision()).as("seed %d", seed).isEqualTo(revision);
            }
        }
        revisions.keySet().retainAll(model.keySet());
        Content content = reopened();
        assertThat(content.values()).as("seed %d", seed).isEqualTo(model);
        assertThat(content.revisions()).as("seed %d", seed).isEqualTo(revisions);
    }
}
