/** Names as a plane: the zone follows the node's image, the responder answers from it. */
@NullMarked
package dev.weir.agent.dns;

import org.jspecify.annotations.NullMarked;
