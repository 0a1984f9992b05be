/**
 * What every service's gRPC edge needs: one service per kind, failures as status, waiting for other
 * shards.
 */
@NullMarked
package dev.weir.server;

import org.jspecify.annotations.NullMarked;
