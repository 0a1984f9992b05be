/** Images of shards and the changes between them; frontiers; no I/O. */
@NullMarked
package dev.weir.changes;

import org.jspecify.annotations.NullMarked;
