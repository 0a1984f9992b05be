package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.log.Namespaces;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The writes that a shard has acknowledged: each one gave both objects of a pair one value. Used by
 * any thread.
 */
final class Acknowledged {
    private record Write(long revision, String value) {}

    private final Map<String, Write> latest = new HashMap<>();
    private final Set<Long> revisions = new HashSet<>();
    private long highest;

    static Namespaces.Change pair(String name, String value) {
        return Namespaces.put(name + "-a", value).and(name + "-b", value);
    }

    synchronized void add(long revision, String name, String value) {
        assertThat(revisions.add(revision)).as("revision %d is used once", revision).isTrue();
        latest.merge(
                name, new Write(revision, value), (a, b) -> a.revision() > b.revision() ? a : b);
        highest = Math.max(highest, revision);
    }

    synchronized int count() {
        return revisions.size();
    }

    /** All of them are there, or what was written over them, and no half of a pair. */
    synchronized void check(Image image) {
        assertThat(image.revision()).as("the head").isGreaterThanOrEqualTo(highest);
        latest.forEach(
                (name, write) -> {
                    Stored stored =
                            image.get(Namespaces.key(name + "-a"))
                                    .orElseThrow(() -> new AssertionError(name + " is lost"));
                    assertThat(stored.revision())
                            .as("%s, acknowledged: %s", name, write)
                            .isGreaterThanOrEqualTo(write.revision());
                    if (stored.revision() == write.revision()) {
                        assertThat(Namespaces.value(image, name + "-a")).contains(write.value());
                    }
                });
        Map<String, String> values = Namespaces.values(image);
        values.forEach(
                (name, value) -> {
                    String pair = name.substring(0, name.length() - 2);
                    assertThat(values)
                            .as("both halves of %s", pair)
                            .containsEntry(pair + "-a", value)
                            .containsEntry(pair + "-b", value);
                });
    }
}
