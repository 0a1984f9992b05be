/** What the agent answers itself at the node's addresses: TCP ports beside the kernel's. */
@NullMarked
package dev.weir.agent.edge;

import org.jspecify.annotations.NullMarked;
