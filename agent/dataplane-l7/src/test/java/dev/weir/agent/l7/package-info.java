/** Stories of requests through the whole plane, from objects to backends. */
@NullMarked
package dev.weir.agent.l7;

import org.jspecify.annotations.NullMarked;
