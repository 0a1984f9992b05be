/** Speaks to a Weir server: every kind through one generic client, over a Unix socket or TCP. */
@NullMarked
package dev.weir.client;

import org.jspecify.annotations.NullMarked;
