/** The node agent: follows the shards, makes the node's image, drives the planes, reports. */
@NullMarked
package dev.weir.agent;

import org.jspecify.annotations.NullMarked;
