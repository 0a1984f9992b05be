/** The {@code weir} command: what is typed, what is printed, and nothing in between. */
@NullMarked
package dev.weir.cli;

import org.jspecify.annotations.NullMarked;
