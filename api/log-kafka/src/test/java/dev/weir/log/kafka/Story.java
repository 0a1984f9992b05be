package dev.weir.log.kafka;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.log.Entry;
import dev.weir.log.Namespaces;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Random writes of one shard, and the image after each. */
final class Story {
    private static final int KEYS = 12;
    private static final int CHANGES = 3;

    private final Random random;
    private final TreeMap<Long, Image> images = new TreeMap<>();
    private Image image;

    Story(long seed, String shard, String logId) {
        this.random = new Random(seed);
        this.image = new Image(shard, logId, 0, Frontier.EMPTY, Image.empty(shard).objects());
        images.put(0L, image);
    }

    Image image() {
        return image;
    }

    Image at(long revision) {
        return images.get(revision);
    }

    List<Entry> group(int entries) {
        List<Entry> group = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            TreeMap<String, Boolean> changes = new TreeMap<>();
            for (int n = random.nextInt(CHANGES); n >= 0; n--) {
                changes.put("ns-" + random.nextInt(KEYS), random.nextInt(3) > 0);
            }
            group.add(entry(changes));
        }
        return group;
    }

    /** One of an object that is there, so that somebody could still have it. */
    Entry removal() {
        Key there = image.objects().firstKey();
        return entry(new TreeMap<>(java.util.Map.of(there.name(), false)));
    }

    /** By name; true puts it, false removes it. */
    Entry entry(TreeMap<String, Boolean> puts) {
        long revision = image.revision() + 1;
        Frontier after = Frontier.of(image.logId(), "other", revision);
        TreeMap<Key, Change> changes = new TreeMap<>();
        List<Entry.Record> records = new ArrayList<>();
        puts.forEach(
                (name, put) -> {
                    Key key = Namespaces.key(name);
                    var object = Namespaces.object(name, "at " + revision);
                    changes.put(
                            key,
                            put ? new Change.Put(object, revision) : new Change.Remove(revision));
                    records.add(
                            new Entry.Record(
                                    key.path(),
                                    put ? Optional.of(object.toByteString()) : Optional.empty()));
                });
        image = image.apply(new Delta(image.shard(), image.logId(), revision, after, changes));
        images.put(revision, image);
        return new Entry(revision, records, "request-" + revision, after);
    }
}
