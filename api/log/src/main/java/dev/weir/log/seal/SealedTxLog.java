package dev.weir.log.seal;

import com.google.protobuf.ByteString;
import dev.weir.log.Entry;
import dev.weir.log.Head;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import java.util.List;
import java.util.Optional;

/** A log that holds its values sealed. Keys, revisions and request ids are as in any log. */
public final class SealedTxLog implements TxLog {
    private final String shard;
    private final TxLog log;
    private final Seal seal;

    public SealedTxLog(String shard, TxLog log, Seal seal) {
        this.shard = shard;
        this.log = log;
        this.seal = seal;
    }

    @Override
    public String logId() {
        return log.logId();
    }

    @Override
    public long claim(String instance) {
        return log.claim(instance);
    }

    @Override
    public Head replay(Handler handler) {
        return log.replay(
                new Handler() {
                    @Override
                    public void record(long revision, String key, Optional<ByteString> value) {
                        handler.record(
                                revision, key, value.map(shut -> seal.open(shard, key, shut)));
                    }

                    @Override
                    public void request(long revision, String requestId) {
                        handler.request(revision, requestId);
                    }
                });
    }

    @Override
    public Outcome append(long term, List<Entry> group) {
        return log.append(term, group.stream().map(this::shut).toList());
    }

    private Entry shut(Entry entry) {
        return new Entry(
                entry.revision(),
                entry.records().stream()
                        .map(
                                record ->
                                        new Entry.Record(
                                                record.key(),
                                                record.value()
                                                        .map(
                                                                value ->
                                                                        seal.seal(
                                                                                shard,
                                                                                record.key(),
                                                                                value))))
                        .toList(),
                entry.requestId(),
                entry.after());
    }

    @Override
    public void close() {
        log.close();
    }
}
