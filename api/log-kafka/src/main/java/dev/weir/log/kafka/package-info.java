/** Logs as Kafka topics: one compacted topic of one partition for each shard. */
@NullMarked
package dev.weir.log.kafka;

import org.jspecify.annotations.NullMarked;
