/**
 * What network policies mean: groups of peers, filters for local pods, verdicts. Images in, values
 * out.
 */
@NullMarked
package dev.weir.policy.compile;

import org.jspecify.annotations.NullMarked;
