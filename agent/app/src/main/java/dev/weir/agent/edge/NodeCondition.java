package dev.weir.agent.edge;

import java.time.Instant;
import java.util.Optional;

/**
 * How the node is, as load balancers and those who restart agents want to know it.
 *
 * @param healthy whether the planes carry what they should
 * @param eligible whether the node shall get new connections from outside; not when it is being
 *     deleted
 * @param lastUpdated when the planes last carried everything; empty if they never did
 */
public record NodeCondition(boolean healthy, boolean eligible, Optional<Instant> lastUpdated) {}
