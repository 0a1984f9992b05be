/** Checks of fields, in Kubernetes' own words, that the admission of several kinds shares. */
@NullMarked
package dev.weir.model.check;

import org.jspecify.annotations.NullMarked;
