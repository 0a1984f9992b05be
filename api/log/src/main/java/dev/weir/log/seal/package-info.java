/** A log whose values nobody can read without the key: for what must stay secret. */
@NullMarked
package dev.weir.log.seal;

import org.jspecify.annotations.NullMarked;
