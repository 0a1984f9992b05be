/** The rules of the architecture, over the classes of every module. */
@NullMarked
package dev.weir.arch;

import org.jspecify.annotations.NullMarked;
