/** All services in one process, with SQLite logs and one address for clients and agents. */
@NullMarked
package dev.weir.standalone;

import org.jspecify.annotations.NullMarked;
