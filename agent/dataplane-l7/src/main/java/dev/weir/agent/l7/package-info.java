/**
 * The HTTP proxy as a data plane: route tables that are swapped by a pointer, connections that are
 * never cut by a change.
 */
@NullMarked
package dev.weir.agent.l7;

import org.jspecify.annotations.NullMarked;
