/**
 * Lets one process be the writer of a shard, or not: a Seat is taken and left as an election says,
 * and Doors lead calls to whoever has it.
 */
@NullMarked
package dev.weir.server.seat;

import org.jspecify.annotations.NullMarked;
