/** The front door: namespaces, nodes, pods, address blocks, and the streams of the agents. */
@NullMarked
package dev.weir.control;

import org.jspecify.annotations.NullMarked;
