/** {@code weir demo}: the main job on real packets, and a table of what came back. */
@NullMarked
package dev.weir.lab.demo;

import org.jspecify.annotations.NullMarked;
