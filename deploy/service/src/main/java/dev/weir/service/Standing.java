package dev.weir.service;

import dev.weir.server.seat.Seat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
     * @param shard whose seat it is
     * @param election why it does not take part in the election, if so
     */
    static Standing of(
            String logId,
            String shard,
            Seat.State seat,
            Optional<String> election,
            List<Reading> readings) {
        Optional<String> waiting =
                Stream.of(
                                readings.stream().flatMap(reading -> reading.missing().stream()),
                                failure(shard, seat).stream(),
                                readings.stream()
                                        .filter(reading -> reading.writer().isEmpty())
                                        .map(reading -> unwritten(shard, reading, election)))
                        .flatMap(words -> words)
                        .findFirst();
        TreeMap<String, String> details = new TreeMap<>();
        details.put("log", logId);
        election.ifPresent(trouble -> details.put("election", trouble));
        for (Reading reading : readings) {
            details.put(reading.shard() + ".revision", Long.toString(reading.revision()));
            reading.writtenBy().ifPresent(by -> details.put(reading.shard() + ".writer", by));
            reading.trouble()
                    .ifPresent(trouble -> details.put(reading.shard() + ".trouble", trouble));
        }
        return new Standing(waiting.isEmpty(), waiting.orElseGet(() -> duty(shard, seat)), details);
    }

    private static Optional<String> failure(String shard, Seat.State seat) {
        return seat instanceof Seat.State.Failing(var why)
                ? Optional.of("shard " + shard + " cannot be taken: " + why)
                : Optional.empty();
    }

    private static String unwritten(String shard, Reading reading, Optional<String> election) {
        return "waiting for a writer of shard "
                + reading.shard()
                + election.filter(trouble -> reading.shard().equals(shard))
                        .map("; "::concat)
                        .orElse("");
    }

    private static String duty(String shard, Seat.State seat) {
        return switch (seat) {
            case Seat.State.Standby() -> "standby of shard " + shard;
            case Seat.State.Taking() -> "taking shard " + shard + " over";
            case Seat.State.Serving(var term) -> "writer of shard " + shard + ", term " + term;
            case Seat.State.Failing(var why) -> "shard " + shard + " cannot be taken: " + why;
        };
    }
}
