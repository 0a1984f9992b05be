/** Gives pods their network: CNI calls, the links they ask for, and what the agent hears of it. */
@NullMarked
package dev.weir.agent.cni;

import org.jspecify.annotations.NullMarked;
