/** One of the services in a process of its own, with its log on Kafka. */
@NullMarked
package dev.weir.service;

import org.jspecify.annotations.NullMarked;
