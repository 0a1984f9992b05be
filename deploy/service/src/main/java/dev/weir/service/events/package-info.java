/** Tells integrators in topics what changed. */
@NullMarked
package dev.weir.service.events;

import org.jspecify.annotations.NullMarked;
