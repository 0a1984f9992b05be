/** What a Service's status says about what is not, or not quite, as its writer asked. Pure. */
@NullMarked
package dev.weir.endpoint.condition;

import org.jspecify.annotations.NullMarked;
