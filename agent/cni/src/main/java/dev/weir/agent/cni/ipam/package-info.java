/** Hands out the addresses of this node's blocks, and remembers across crashes who has them. */
@NullMarked
package dev.weir.agent.cni.ipam;

import org.jspecify.annotations.NullMarked;
