/** The contract between the node agent and its data planes. */
@NullMarked
package dev.weir.agent.spi;

import org.jspecify.annotations.NullMarked;
