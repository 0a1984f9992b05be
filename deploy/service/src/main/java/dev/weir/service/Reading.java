package dev.weir.service;

import dev.weir.log.kafka.KafkaFollower;
import dev.weir.log.v1.LogClaim;
import java.util.Optional;

/**
 * How far a shard has been read.
 *
 * @param caughtUp everything has been read that was there at the start
 * @param writer who claimed it last, if anybody did; it may be gone since
 * @param trouble why the state may be old
 */
record Reading(
        String shard,
        boolean caughtUp,
        long revision,
        Optional<LogClaim> writer,
        Optional<String> trouble) {
    static Reading of(KafkaFollower follower) {
        return new Reading(
                follower.shard(),
                follower.caughtUp(),
                follower.image().revision(),
                follower.writer(),
                follower.trouble());
    }

    /** What has to come before the process can serve, in words. */
    Optional<String> missing() {
        return caughtUp
                ? Optional.empty()
                : Optional.of(
                        "shard " + shard + ": reading" + trouble.map("; "::concat).orElse(""));
    }

    /** Who writes it, in words. */
    Optional<String> writtenBy() {
        return writer.map(
                claim ->
                        "%s at %s, term %d"
                                .formatted(
                                        claim.getInstance(), claim.getAddress(), claim.getTerm()));
    }
}
