/**
 * What Ingresses, Gateways and their routes come to: a table per port, which a proxy looks requests
 * up in. Immutable, and without a trace of which API a route was written in.
 */
@NullMarked
package dev.weir.routing;

import org.jspecify.annotations.NullMarked;
