/**
 * The only native code of Weir: netlink, nftables, network namespaces, conntrack and packet sockets
 * through the JDK's foreign function API, and the {@code ip} program for links and routes.
 *
 * <p>Codecs ({@link dev.weir.agent.linux.NftBatch}, {@link dev.weir.agent.linux.NetlinkMessage})
 * are pure and know nothing of sockets; sockets hide behind {@link
 * dev.weir.agent.linux.NetlinkTransport} so that tests can stand in for the kernel. Every call here
 * may block its thread in the kernel: do not call from an event loop, and expect a virtual thread
 * to pin its carrier meanwhile.
 */
@NullMarked
package dev.weir.agent.linux;

import org.jspecify.annotations.NullMarked;
