/**
 * Values that everyone shares: keys, kinds, addresses, and the lean records that derivations
 * produce.
 */
@NullMarked
package dev.weir.model;

import org.jspecify.annotations.NullMarked;
