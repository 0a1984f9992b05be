/** Ethernet frames of ARP and neighbour discovery, to bytes and back. Pure. */
@NullMarked
package dev.weir.agent.l2.wire;

import org.jspecify.annotations.NullMarked;
