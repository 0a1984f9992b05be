/** Benchmarks that measure Weir and its peers side by side, and long runs under load. */
@NullMarked
package dev.weir.bench;

import org.jspecify.annotations.NullMarked;
