/** Readiness probes of the node's pods. */
@NullMarked
package dev.weir.agent.probe;

import org.jspecify.annotations.NullMarked;
