/** Tests of the proxy, over real sockets on loopback. */
@NullMarked
package dev.weir.agent.l7.proxy;

import org.jspecify.annotations.NullMarked;
