package dev.weir.dns.responder;

import java.time.Duration;

/**
 * Bounds of a responder.
 *
 * @param maxConnections TCP connections at once; more are closed as they come
 * @param connectionPatience how long a connection may take for its next whole message, or to accept
 *     ours (RFC 7766 section 6.2.3 wants seconds)
 * @param maxPipelined forwarded queries of one connection under way at once; then we stop reading
 *     it
 * @param receiveBuffer octets asked of the kernel for datagrams that wait
 */
public record ResponderConfig(
        int maxConnections, Duration connectionPatience, int maxPipelined, int receiveBuffer) {
    public static final ResponderConfig DEFAULT =
            new ResponderConfig(512, Duration.ofSeconds(10), 64, 4 << 20);

    public ResponderConfig {
        if (maxConnections < 1
                || maxPipelined < 1
                || receiveBuffer < 1
                || connectionPatience.toMillis() < 1) {
            throw new IllegalArgumentException("all bounds of a responder must be positive");
        }
    }
}
