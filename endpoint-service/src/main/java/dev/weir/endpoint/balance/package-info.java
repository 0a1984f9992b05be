/**
 * Gives addresses of pools to Services of type LoadBalancer. Pure: images in, changed Services out.
 */
@NullMarked
package dev.weir.endpoint.balance;

import org.jspecify.annotations.NullMarked;
