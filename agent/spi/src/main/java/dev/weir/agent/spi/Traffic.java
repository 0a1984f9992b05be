package dev.weir.agent.spi;

import dev.weir.model.Frontend;

/**
 * What came to a frontend on this node since its plane first programmed it, or began anew: such
 * numbers may start over. One association, connection or UDP flow is one.
 *
 * @param connections sent to an endpoint
 * @param refused turned away for want of an endpoint; each try is one
 * @param packets of its translated connections, in both directions; 0 where they are not counted,
 *     see {@link NodeSettings#countTraffic}. Those of a frontend for the node's own clients are
 *     among those of the frontend with that address for anybody
 * @param bytes of these packets, with the IP header
 */
public record Traffic(Frontend frontend, long connections, long refused, long packets, long bytes) {
    /** Without packets. */
    public Traffic(Frontend frontend, long connections, long refused) {
        this(frontend, connections, refused, 0, 0);
    }
}
