/** Carries traffic between the pods of different nodes. */
@NullMarked
package dev.weir.agent.cni.fabric;

import org.jspecify.annotations.NullMarked;
