package dev.weir.agent.l2;

import dev.weir.agent.l2.wire.Mac;
import dev.weir.model.IpAddress;

/**
 * Who asked where an address is.
 *
 * @param address all zeros when it only looks whether anybody has the address
 */
record Asker(Mac mac, IpAddress address) {}
