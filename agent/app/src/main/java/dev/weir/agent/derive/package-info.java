/** From the shards and the node's own pods to what the node shall carry: values in, values out. */
@NullMarked
package dev.weir.agent.derive;

import org.jspecify.annotations.NullMarked;
