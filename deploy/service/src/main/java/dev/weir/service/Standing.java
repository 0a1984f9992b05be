package dev.weir.service;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a process stands, for whoever asks about its health.
 *
 * @param ready whether it serves; it may have to ask others for most of what it serves
 * @param words what it does, or what it waits for
 * @param details by their names, e.g. the revision of each shard that has been read
 */
record Standing(boolean ready, String words, SortedMap<String, String> details) {
    Standing {
        details = new TreeMap<>(details);
    }

    static Standing waiting(String words) {
        return new Standing(false, words, new TreeMap<>());
    }
}
