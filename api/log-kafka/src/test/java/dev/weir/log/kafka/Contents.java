package dev.weir.log.kafka;

import com.google.protobuf.ByteString;
import dev.weir.changes.Frontier;
import dev.weir.log.Entry;
import dev.weir.log.Head;
import dev.weir.log.TxLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a log holds, and short words for what is put there. */
record Contents(Head head, Map<String, String> values, long lastSeen, int records) {

    static Entry entry(long revision, String key, String value) {
        return new Entry(
                revision,
                List.of(new Entry.Record(key, Optional.of(ByteString.copyFromUtf8(value)))),
                "",
                Frontier.EMPTY);
    }

    static Entry removal(long revision, String key) {
        return new Entry(
                revision, List.of(new Entry.Record(key, Optional.empty())), "", Frontier.EMPTY);
    }

    /** As the writer that has claimed the log replays it. */
    static Contents of(TxLog log) {
        TreeMap<String, String> values = new TreeMap<>();
        long[] last = {0};
        int[] records = {0};
        Head head =
                log.replay(
                        new TxLog.Handler() {
                            @Override
                            public void record(
                                    long revision, String key, Optional<ByteString> value) {
                                if (revision < last[0]) {
                                    throw new AssertionError(revision + " after " + last[0]);
                                }
                                last[0] = revision;
                                records[0]++;
                                value.ifPresentOrElse(
                                        v -> values.put(key, v.toStringUtf8()),
                                        () -> values.remove(key));
                            }

                            @Override
                            public void request(long revision, String requestId) {}
                        });
        return new Contents(head, values, last[0], records[0]);
    }

    /** Claims the log first. */
    static Contents claimed(TxLog log) {
        log.claim("reader");
        return of(log);
    }
}
