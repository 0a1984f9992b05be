package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;

/**
 * One derivation.
 *
 * @param delta {@link NodeDelta#between} of the two, found at the cost of what changed
 */
public record NodeStep(NodeImage from, NodeDelta delta, NodeImage to) {}
