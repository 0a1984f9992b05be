package dev.weir.service;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a process stands, for whoever asks about its health.
 *
 * @param ready whether calls can be carried out, here or elsewhere
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

    /**
     * Of a process that has joined: ready once it has read its shards and knows a writer of each.
     * What makes its state old afterwards is a detail: it goes on serving what it has.
     *
     * @param posts at the shards that it may write
     */
    static Standing of(String logId, List<Post> posts, List<Reading> readings) {
        Optional<String> waiting =
                Stream.of(
                                readings.stream().flatMap(reading -> reading.missing().stream()),
                                posts.stream().flatMap(post -> post.failure().stream()),
                                readings.stream()
                                        .filter(reading -> reading.writer().isEmpty())
                                        .map(reading -> unwritten(reading, posts)))
                        .flatMap(words -> words)
                        .findFirst();
        TreeMap<String, String> details = new TreeMap<>();
        details.put("log", logId);
        for (Post post : posts) {
            post.election().ifPresent(trouble -> details.put(post.shard() + ".election", trouble));
        }
        for (Reading reading : readings) {
            details.put(reading.shard() + ".revision", Long.toString(reading.revision()));
            reading.writtenBy().ifPresent(by -> details.put(reading.shard() + ".writer", by));
            reading.trouble()
                    .ifPresent(trouble -> details.put(reading.shard() + ".trouble", trouble));
        }
        return new Standing(
                waiting.isEmpty(),
                waiting.orElseGet(
                        () -> posts.stream().map(Post::duty).collect(Collectors.joining("; "))),
                details);
    }

    private static String unwritten(Reading reading, List<Post> posts) {
        return "waiting for a writer of shard "
                + reading.shard()
                + posts.stream()
                        .filter(post -> post.shard().equals(reading.shard()))
                        .flatMap(post -> post.election().stream())
                        .map("; "::concat)
                        .collect(Collectors.joining());
    }
}
