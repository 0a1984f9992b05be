package dev.weir.log.kafka;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.log.LogException;
import dev.weir.log.Records;
import dev.weir.log.v1.LogClaim;
import dev.weir.log.v1.LogHead;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the records of a topic amount to, taken one by one from its beginning.
 *
 * <p>A head ends a transaction, and tells the revision of the one before. Where compaction has been
 * at work, heads and older objects are missing: the state is known at the next head, but not the
 * way there.
 */
final class TopicImage {
    /** More revisions than any writer puts in one transaction. */
    private static final long LONGEST_TRANSACTION = 1 << 20;

    private final TreeMap<Long, TreeMap<Key, Change>> pending = new TreeMap<>();
    private final Opening opening;
    private Image image;
    private Optional<LogClaim> claim = Optional.empty();
    private Optional<LogClaim> pendingClaim = Optional.empty();

    /** What one transaction did. */
    sealed interface Step {
        /** The state after it. */
        Image image();

        /** The deltas lead here from the state before, one for each revision. */
        record Advance(Image image, List<Delta> deltas) implements Step {}

        /** How the state before became this one is not known. */
        record Jump(Image image) implements Step {}
    }

    TopicImage(String shard, Opening opening) {
        this.opening = opening;
        this.image = Image.empty(shard);
    }

    /** As of the last head. */
    Image image() {
        return image;
    }

    /** The last one, as of the last head. */
    Optional<LogClaim> claim() {
        return claim;
    }

    /** Nothing that was taken still waits for its head. */
    boolean isWhole() {
        return pending.isEmpty();
    }

    /**
     * @return what the transaction did, if the record ends it
     * @throws LogException when the record cannot be read, or is not where a writer puts it
     */
    Optional<Step> take(TopicRecord record) {
        switch (record) {
            case TopicRecord.Stored stored -> {
                Key key = key(stored.key());
                long revision = stored.revision();
                Change change =
                        stored.value()
                                .<Change>map(
                                        held ->
                                                new Change.Put(
                                                        object(key, stored.key(), held), revision))
                                .orElseGet(() -> new Change.Remove(revision));
                pending.computeIfAbsent(revision, _ -> new TreeMap<>()).put(key, change);
            }
            case TopicRecord.Claim(var next, _) -> pendingClaim = Optional.of(next);
            case TopicRecord.Request _ -> {}
            case TopicRecord.Head(var head) -> {
                return Optional.of(end(head));
            }
        }
        return Optional.empty();
    }

    private Message object(Key key, String path, ByteString held) {
        return Records.decode(key, opening.open(image.shard(), path, held));
    }

    private static Key key(String path) {
        try {
            return Key.ofPath(path);
        } catch (IllegalArgumentException e) {
            throw new LogException("its key is " + e.getMessage(), e);
        }
    }

    private Step end(LogHead head) {
        long way = head.getRevision() - image.revision();
        boolean contiguous =
                head.getLogId().equals(image.logId())
                        && head.getPrevious() == image.revision()
                        && way >= 0
                        && way <= LONGEST_TRANSACTION;
        if (!isWhole()
                && (pending.lastKey() > head.getRevision()
                        || contiguous && pending.firstKey() <= image.revision())) {
            throw new LogException(
                    "it ends a transaction at revision "
                            + head.getRevision()
                            + ", with objects of revisions "
                            + pending.firstKey()
                            + " to "
                            + pending.lastKey());
        }
        Frontier after = Frontier.of(head.getAfter());
        Step step = contiguous ? advance(head, after) : jump(head, after);
        image = step.image();
        pending.clear();
        claim = pendingClaim.or(() -> claim);
        pendingClaim = Optional.empty();
        return step;
    }

    private Step advance(LogHead head, Frontier after) {
        List<Delta> deltas = new ArrayList<>();
        Image next = image;
        for (long revision = image.revision() + 1; revision <= head.getRevision(); revision++) {
            Delta delta =
                    delta(
                            head,
                            revision,
                            revision == head.getRevision() ? after : image.after(),
                            pending.getOrDefault(revision, new TreeMap<>()));
            deltas.add(delta);
            next = next.apply(delta);
        }
        return new Step.Advance(next, Collections.unmodifiableList(deltas));
    }

    private Step jump(LogHead head, Frontier after) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        pending.values().forEach(changes::putAll);
        return new Step.Jump(image.apply(delta(head, head.getRevision(), after, changes)));
    }

    private Delta delta(
            LogHead head, long revision, Frontier after, SortedMap<Key, Change> changes) {
        return new Delta(image.shard(), head.getLogId(), revision, after, changes);
    }
}
