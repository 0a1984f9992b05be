@NullMarked
package dev.weir.control.admission.route;

import org.jspecify.annotations.NullMarked;
