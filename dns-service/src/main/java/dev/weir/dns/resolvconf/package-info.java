/** Reads the host's resolver configuration and renders a pod's. Pure. */
@NullMarked
package dev.weir.dns.resolvconf;

import org.jspecify.annotations.NullMarked;
