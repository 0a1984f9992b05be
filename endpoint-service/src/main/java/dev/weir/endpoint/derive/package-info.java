/** EndpointSlices from Services and pods: images in, changes out. */
@NullMarked
package dev.weir.endpoint.derive;

import org.jspecify.annotations.NullMarked;
