package dev.weir.agent;

import dev.weir.agent.spi.Programmed;
import dev.weir.model.Frontend;
import java.util.List;
import java.util.function.Function;

/**
 * What there is on the node between two rounds of its loop.
 *
 * @param shown what the planes have programmed for a frontend, compared with the kernel; only while
 *     the loop waits for the answer
 */
record Moment(NodeLoop.Carried carried, Function<Frontend, List<Programmed>> shown) {}
