/** A cluster on one machine: nodes are network namespaces with real agents, pods come in by CNI. */
@NullMarked
package dev.weir.lab;

import org.jspecify.annotations.NullMarked;
