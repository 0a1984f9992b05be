/**
 * The DNS service: answers for the cluster's names over gRPC, from the zone that the agents'
 * responders serve.
 */
@NullMarked
package dev.weir.dns;

import org.jspecify.annotations.NullMarked;
