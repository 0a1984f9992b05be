package dev.weir.agent.l2;

import dev.weir.model.IpAddress;

/** What the state of a link follows. */
sealed interface Event {
    /** The cluster's state says so from now on. */
    record Wanted(Announcements announcements) implements Event {}

    /** A heartbeat of the node with this address. */
    record Heard(IpAddress node) implements Event {}

    record Asked(IpAddress address, Asker by) implements Event {}

    /** Time has passed. */
    record Tick() implements Event {}
}
