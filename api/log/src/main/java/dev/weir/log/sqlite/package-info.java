/** The log in SQLite: one file per shard, nothing to install. */
@NullMarked
package dev.weir.log.sqlite;

import org.jspecify.annotations.NullMarked;
