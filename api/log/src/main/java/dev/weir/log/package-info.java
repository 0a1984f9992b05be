/**
 * The durable log of a shard and the one writer in front of it. Backends implement {@link
 * dev.weir.log.TxLog}; services use {@link dev.weir.log.Shard}.
 */
@NullMarked
package dev.weir.log;

import org.jspecify.annotations.NullMarked;
