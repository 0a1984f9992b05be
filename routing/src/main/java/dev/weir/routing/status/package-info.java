/** The statuses of routing objects: what became of them, and what the proxies carry. Pure. */
@NullMarked
package dev.weir.routing.status;

import org.jspecify.annotations.NullMarked;
