package dev.weir.agent.l2;

import dev.weir.agent.l2.wire.Holdings;
import dev.weir.model.IpAddress;
import java.util.Optional;

/** What the state of a link follows. */
sealed interface Event {
    /** The cluster's state says so from now on. */
    record Wanted(Announcements announcements) implements Event {}

    /**
     * A heartbeat of the node with this address.
     *
     * @param owns what it says that it owns, or a part of it; empty when it says nothing about it
     */
    record Heard(IpAddress node, Optional<Holdings> owns) implements Event {}

    record Asked(IpAddress address, Asker by) implements Event {}

    /** Time has passed. */
    record Tick() implements Event {}
}
