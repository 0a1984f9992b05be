/** Where a Quarkus gRPC server of ours listens: a Unix socket, or TCP when somebody insists. */
@NullMarked
package dev.weir.server.listen;

import org.jspecify.annotations.NullMarked;
