package dev.weir.log;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;

/**
 * The durable log of one shard: an ordered, single-writer list of groups of entries.
 *
 * <p>A writer claims the log, replays it, and only then appends. The order matters: what is read
 * before the claim may miss what the former writer still wrote. One thread at a time uses a log,
 * except for {@link #logId}.
 *
 * <p>The contract, which {@code TxLogContract} checks for every backend:
 *
 * <ul>
 *   <li>A group is whole or not there, on disk and for every reader.
 *   <li>What was answered with {@link Outcome.Durable} is replayed after any crash.
 *   <li>After a claim, no writer with an earlier term appends anything.
 *   <li>The head's revision never falls, whatever is compacted; the latest value of each key is
 *       kept.
 *   <li>The ids of the requests of the last {@link #REQUEST_WINDOW} revisions are kept.
 * </ul>
 */
public interface TxLog extends AutoCloseable {
    /** How many revisions back a repeated request is recognised. */
    int REQUEST_WINDOW = 10_000;

    /** Names the log that the revisions are of; a reader that sees another one starts over. */
    String logId();

    /**
     * Makes the caller the only writer and samples the end of the log.
     *
     * <p>The first claim of this object takes the log from whoever has it: only who was elected, or
     * has the directory to itself, may do that. A later claim goes on after an outcome was unknown,
     * and takes nothing from anybody.
     *
     * @param instance names the caller, for messages
     * @return the term of this claim, above all before it
     * @throws LogException with what to do; {@link LogException.Fenced} if another writer claimed
     *     the log since this object did
     */
    long claim(String instance);

    /**
     * Hands over what the log holds, up to the end that the last claim sampled. Keys may come more
     * than once; the last one counts.
     *
     * @return the end
     * @throws LogException with what to do; {@link LogException.Fenced} if the claim is no longer
     *     the last one
     */
    Head replay(Handler handler);

    /**
     * Appends all entries as one durable group.
     *
     * @param term what {@link #claim} returned
     * @param group not empty, revisions ascending and above the head's
     */
    Outcome append(long term, List<Entry> group);

    @Override
    void close();

    /** Takes what is replayed, in the order of the revisions. */
    interface Handler {
        /** An object after the write of this revision; empty when it was removed. */
        void record(long revision, String key, Optional<ByteString> value);

        /** The write of this revision carried this request id. */
        void request(long revision, String requestId);
    }
}
