/**
 * Gives out what must be unique in the cluster. Pure: an index in, a choice and a new index out.
 */
@NullMarked
package dev.weir.endpoint.allocate;

import org.jspecify.annotations.NullMarked;
