/**
 * The proxy itself: connections of clients and of backends, each owned by one event loop, and the
 * tables that they look requests up in, swapped by a pointer.
 */
@NullMarked
package dev.weir.agent.l7.proxy;

import org.jspecify.annotations.NullMarked;
