/** Judges and completes the objects that this service owns. Pure: values in, values out. */
@NullMarked
package dev.weir.policy.admission;

import org.jspecify.annotations.NullMarked;
