/** Judges and completes the objects that this service owns. Pure: values in, values out. */
@NullMarked
package dev.weir.control.admission;

import org.jspecify.annotations.NullMarked;
