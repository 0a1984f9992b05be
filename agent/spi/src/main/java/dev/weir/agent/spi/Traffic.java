package dev.weir.agent.spi;

import dev.weir.model.Frontend;

/**
 * What came to a frontend on this node since its plane first programmed it, or began anew: such
 * numbers may start over. One association, connection or UDP flow is one.
 *
 * @param connections sent to an endpoint
 * @param refused turned away for want of an endpoint; each try is one
 */
public record Traffic(Frontend frontend, long connections, long refused) {}
