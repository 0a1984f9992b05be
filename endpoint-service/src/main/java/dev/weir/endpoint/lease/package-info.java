/** EndpointSlices that go when nobody renews them. */
@NullMarked
package dev.weir.endpoint.lease;

import org.jspecify.annotations.NullMarked;
