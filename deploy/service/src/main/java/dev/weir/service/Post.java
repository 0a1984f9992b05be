package dev.weir.service;

import dev.weir.server.seat.Seat;
import java.util.Optional;

/**
 * How a process stands at a shard that it may write.
 *
 * @param election why it does not take part in the election, if so
 */
record Post(String shard, Seat.State seat, Optional<String> election) {
    /** Why it does not write though it is elected, in words. */
    Optional<String> failure() {
        return seat instanceof Seat.State.Failing ? Optional.of(duty()) : Optional.empty();
    }

    /** What it does there, in words. */
    String duty() {
        return switch (seat) {
            case Seat.State.Standby() -> "standby of shard " + shard;
            case Seat.State.Taking() -> "taking shard " + shard + " over";
            case Seat.State.Serving(var term) -> "writer of shard " + shard + ", term " + term;
            case Seat.State.Failing(var why) -> "shard " + shard + " cannot be taken: " + why;
        };
    }
}
