package dev.weir.log.kafka;

import dev.weir.changes.Frontier;
import dev.weir.log.Entry;
import dev.weir.log.Head;
import dev.weir.log.LogException;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.log.v1.LogClaim;
import dev.weir.log.v1.LogHead;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A log as a compacted topic: a group is one transaction, which ends with the head.
 *
 * <p>The {@link Fence} keeps others from writing. It is taken before the end is read, so that no
 * earlier writer adds anything after it, and it is dropped at the first exception: what became of
 * the group is read after the next claim.
 */
final class KafkaTxLog implements TxLog {
    private final KafkaConfig config;
    private final String shard;
    private final String topic;
    private final String logId;
    private final String address;
    private final BooleanSupplier elected;
    private final KnownHeads known;

    /** Tells this object's claims from everybody else's. */
    private final String owner = UUID.randomUUID().toString();

    private @Nullable Fence fence;

    /** Of the last claim: what is replayed, and up to which offset. */
    private LogHead claimed = LogHead.getDefaultInstance();

    private long end;

    /** What this object wrote last; of term 0 before its first claim. */
    private LogHead head = LogHead.getDefaultInstance();

    private String instance = "";

    /** Who has claimed the log since. */
    private @Nullable Outcome fenced;

    KafkaTxLog(
            KafkaConfig config,
            String shard,
            String logId,
            String address,
            BooleanSupplier elected,
            KnownHeads known) {
        this.config = config;
        this.shard = shard;
        this.topic = config.stateTopic(shard);
        this.logId = logId;
        this.address = address;
        this.elected = elected;
        this.known = known;
    }

    @Override
    public String logId() {
        return logId;
    }

    @Override
    public long claim(String name) {
        drop();
        if (!elected.getAsBoolean()) {
            throw new LogException(
                    "this process is not elected to write shard "
                            + shard
                            + "; try again when it is");
        }
        try (TopicReader reader = new TopicReader(config, topic)) {
            checkMine(LogEnd.of(reader));
            Fence taken = Fence.take(config, shard, name);
            fence = taken;
            LogEnd sampled = LogEnd.of(reader);
            checkMine(sampled);
            LogHead found = sampled.headOf(config, topic, logId);
            known.check(topic, found.getRevision());
            LogHead next =
                    found.toBuilder()
                            .setLogId(logId)
                            .setTerm(found.getTerm() + 1)
                            .setPrevious(found.getRevision())
                            .build();
            LogClaim claim =
                    LogClaim.newBuilder()
                            .setTerm(next.getTerm())
                            .setInstance(name)
                            .setAddress(address)
                            .build();
            taken.commit(TopicRecords.claim(topic, new TopicRecord.Claim(claim, owner), next));
            instance = name;
            claimed = next;
            end = sampled.offset();
            wrote(next);
            return next.getTerm();
        } catch (RuntimeException e) {
            drop();
            throw Trouble.of(config, "claim topic " + topic, e);
        }
    }

    /**
     * Nobody else has claimed the log since this object did. A head of a later term may be of a
     * claim of ours whose outcome was not known.
     */
    private void checkMine(LogEnd last) {
        if (head.getTerm() == 0 || last.head().map(LogHead::getTerm).orElse(0L) <= head.getTerm()) {
            return;
        }
        TopicRecord.Claim claim = last.claim();
        if (!claim.owner().equals(owner)) {
            throw new LogException.Fenced(
                    "topic " + topic + " was claimed by another writer: " + claim.writer());
        }
    }

    @Override
    public Head replay(Handler handler) {
        if (claimed.getTerm() == 0) {
            throw new IllegalStateException("a replay needs a claim");
        }
        try (TopicReader reader = new TopicReader(config, topic)) {
            checkMine(LogEnd.of(reader));
            reader.read(reader.beginning(), end, record -> hand(record, handler));
            return new Head(
                    logId,
                    claimed.getRevision(),
                    claimed.getTerm(),
                    Frontier.of(claimed.getAfter()));
        }
    }

    private void hand(ConsumerRecord<byte[], byte[]> record, Handler handler) {
        switch (TopicRecords.read(record)) {
            case TopicRecord.Stored(var at, _, var key, var value) ->
                    handler.record(at, key, value);
            case TopicRecord.Request(var request) -> {
                if (request.getRevision() > claimed.getRevision() - REQUEST_WINDOW) {
                    handler.request(request.getRevision(), request.getId());
                }
            }
            case TopicRecord.Claim _, TopicRecord.Head _ -> {}
        }
    }

    @Override
    public Outcome append(long term, List<Entry> group) {
        LogHead next = next(group);
        if (fenced != null) {
            return fenced;
        }
        if (term != head.getTerm()) {
            return new Outcome.Fenced(head.getTerm(), instance);
        }
        Fence held = fence;
        if (held == null) {
            throw new IllegalStateException("an append needs a claim");
        }
        List<ProducerRecord<byte[], byte[]>> records = TopicRecords.group(topic, group, next);
        Optional<Outcome> tooLarge = RecordSize.check(topic, records, config.maxMessage());
        if (tooLarge.isPresent()) {
            return tooLarge.get();
        }
        try {
            held.commit(records);
            wrote(next);
            return new Outcome.Durable();
        } catch (RuntimeException e) {
            return outcome(held, next, e);
        }
    }

    private LogHead next(List<Entry> group) {
        if (group.isEmpty()) {
            throw new IllegalArgumentException("a group has entries");
        }
        long last = head.getRevision();
        for (Entry entry : group) {
            if (entry.revision() <= last) {
                throw new IllegalArgumentException(
                        "revision " + entry.revision() + " after " + last);
            }
            last = entry.revision();
        }
        return LogHead.newBuilder()
                .setLogId(logId)
                .setRevision(last)
                .setTerm(head.getTerm())
                .setAfter(group.getLast().after().toProto())
                .setPrevious(head.getRevision())
                .build();
    }

    private void wrote(LogHead written) {
        head = written;
        known.advance(topic, written.getRevision());
    }

    /** Only what the brokers refuse for its size, and undo, is known to have come to nothing. */
    private Outcome outcome(Fence held, LogHead next, RuntimeException e) {
        if (Trouble.isTooLarge(e)) {
            try {
                held.abort();
                return RecordSize.refused(topic, config.maxMessage());
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
        }
        drop();
        return Trouble.isFenced(e) ? afterFence(next, e) : new Outcome.Unknown(e);
    }

    /**
     * The claim that came after ours decided our last transaction, and its head says how. Without
     * it, e.g. because it was compacted, the next claim finds out what it can.
     */
    private Outcome afterFence(LogHead next, RuntimeException e) {
        try (TopicReader reader = new TopicReader(config, topic)) {
            Optional<LogEnd.Claimed> last = LogEnd.of(reader).claimed();
            if (last.isEmpty() || last.get().head().getTerm() != head.getTerm() + 1) {
                return new Outcome.Unknown(e);
            }
            Outcome other =
                    new Outcome.Fenced(last.get().head().getTerm(), last.get().claim().writer());
            long revision = last.get().head().getRevision();
            if (revision == head.getRevision()) {
                fenced = other;
                return other;
            }
            if (revision == next.getRevision()) {
                fenced = other;
                wrote(next);
                return new Outcome.Durable();
            }
            return new Outcome.Unknown(e);
        } catch (LogException unread) {
            e.addSuppressed(unread);
            return new Outcome.Unknown(e);
        }
    }

    private void drop() {
        Fence held = fence;
        fence = null;
        if (held != null) {
            held.close();
        }
    }

    @Override
    public void close() {
        drop();
    }
}
