/** From objects to route tables, and to what became of each object. Pure. */
@NullMarked
package dev.weir.routing.compile;

import org.jspecify.annotations.NullMarked;
