/** Network policies and the groups of pods that they name. */
@NullMarked
package dev.weir.policy;

import org.jspecify.annotations.NullMarked;
