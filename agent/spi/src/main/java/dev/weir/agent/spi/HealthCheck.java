package dev.weir.agent.spi;

import dev.weir.model.Key;

/**
 * What a load balancer is told of a Service that it may send to this node's endpoints only.
 *
 * @param localEndpoints the ready ones here; those that terminate do not count
 */
public record HealthCheck(Key service, int localEndpoints) {}
