/** Services and their EndpointSlices; who gets which cluster IP. */
@NullMarked
package dev.weir.endpoint;

import org.jspecify.annotations.NullMarked;
