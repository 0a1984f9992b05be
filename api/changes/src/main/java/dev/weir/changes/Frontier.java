package dev.weir.changes;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A point in the history of several shards. A shard that is not named is at 0: nothing of it has
 * been seen.
 *
 * @param logId names the log that the revisions are of; empty when none has been seen
 */
public record Frontier(String logId, SortedMap<String, Long> revisions) {
    public static final Frontier EMPTY = new Frontier("", new TreeMap<>());

    public Frontier {
        revisions = Collections.unmodifiableSortedMap(new TreeMap<>(revisions));
    }

    public static Frontier of(String logId, String shard, long revision) {
        return new Frontier(logId, new TreeMap<>(Map.of(shard, revision)));
    }

    public static Frontier of(dev.weir.core.v1.Frontier proto) {
        return new Frontier(proto.getLogId(), new TreeMap<>(proto.getRevisionsMap()));
    }

    public long revision(String shard) {
        return revisions.getOrDefault(shard, 0L);
    }

    /** This frontier with one shard moved, back too. Another log id forgets everything else. */
    public Frontier with(String newLogId, String shard, long revision) {
        TreeMap<String, Long> moved =
                newLogId.equals(logId) ? new TreeMap<>(revisions) : new TreeMap<>();
        moved.put(shard, revision);
        return new Frontier(newLogId, moved);
    }

    /**
     * True when nothing that the other includes is missing here. Different logs include nothing of
     * each other.
     */
    public boolean includes(Frontier other) {
        return other.revisions.isEmpty()
                || other.logId.equals(logId)
                        && other.revisions.entrySet().stream()
                                .allMatch(e -> revision(e.getKey()) >= e.getValue());
    }

    /** What it says of these shards, and nothing of others. */
    public Frontier restrictedTo(Set<String> shards) {
        TreeMap<String, Long> kept = new TreeMap<>(revisions);
        kept.keySet().retainAll(shards);
        return new Frontier(logId, kept);
    }

    /** The later of both, shard by shard. Both are of one log, or one of them is empty. */
    public Frontier max(Frontier other) {
        TreeMap<String, Long> result = new TreeMap<>(revisions);
        other.revisions.forEach((shard, revision) -> result.merge(shard, revision, Math::max));
        return new Frontier(logId.isEmpty() ? other.logId : logId, result);
    }

    /** The earlier of both, shard by shard; a shard that one lacks is at 0, so left out. */
    public Frontier min(Frontier other) {
        if (!logId.equals(other.logId)) {
            return EMPTY;
        }
        TreeMap<String, Long> result = new TreeMap<>();
        revisions.forEach(
                (shard, revision) -> {
                    long both = Math.min(revision, other.revision(shard));
                    if (both > 0) {
                        result.put(shard, both);
                    }
                });
        return new Frontier(logId, result);
    }

    public dev.weir.core.v1.Frontier toProto() {
        return dev.weir.core.v1.Frontier.newBuilder()
                .setLogId(logId)
                .putAllRevisions(revisions)
                .build();
    }
}
