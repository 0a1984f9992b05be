/** The authoritative cluster zone as an immutable value, and the answers it gives. Pure. */
@NullMarked
package dev.weir.dns.zone;

import org.jspecify.annotations.NullMarked;
