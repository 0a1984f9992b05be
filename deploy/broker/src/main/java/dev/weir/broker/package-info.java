/** A Kafka broker in a process of its own, from Kafka's own jars. */
@NullMarked
package dev.weir.broker;

import org.jspecify.annotations.NullMarked;
