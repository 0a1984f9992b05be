package dev.weir.log.kafka;

import dev.weir.log.LogException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How far this process has read or written each topic: one that ends before that has lost something
 * that somebody may rely on. Used by any thread.
 */
final class KnownHeads {
    private final ConcurrentMap<String, Long> revisions = new ConcurrentHashMap<>();

    void advance(String topic, long revision) {
        revisions.merge(topic, revision, Math::max);
    }

    /**
     * @throws LogException if the topic's head was known to be further
     */
    void check(String topic, long revision) {
        long known = revisions.merge(topic, revision, Math::max);
        if (revision < known) {
            throw new LogException(
                    "Topic "
                            + topic
                            + " was truncated: it ends at revision "
                            + revision
                            + ", and this process has seen revision "
                            + known
                            + ". Put it back from a backup; or, to go on with what it holds,"
                            + " restart all processes of the cluster.");
        }
    }
}
