/** The test kit that every plane passes, and a plane that only remembers. */
@NullMarked
package dev.weir.agent.spi;

import org.jspecify.annotations.NullMarked;
