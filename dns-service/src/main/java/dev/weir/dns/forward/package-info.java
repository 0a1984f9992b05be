/** Asks the resolvers of the outside world. */
@NullMarked
package dev.weir.dns.forward;

import org.jspecify.annotations.NullMarked;
