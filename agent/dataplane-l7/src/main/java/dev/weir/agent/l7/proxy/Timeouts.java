package dev.weir.agent.l7.proxy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the proxy waits. Each is kept to within {@link Worker#TICK}.
 *
 * @param handshake of TLS, from the accept
 * @param head from a request's first byte, or the accept, until its head is whole
 * @param keepAlive from the end of a response until the next request's first byte
 * @param requestBody without a byte of a body that the client announced
 * @param stalledClient without a byte taken by a client that a response waits for
 * @param connect of one attempt to reach an endpoint
 * @param response from the request's end until the head of the answer, unless the rule says
 *     otherwise
 * @param responseBody without a byte of a body that the endpoint announced; streams of events live
 *     with it
 * @param tunnel without a byte either way after a switch of protocols
 * @param linger what a client gets to read a last answer while it still sends
 * @param backendIdle an unused connection to an endpoint is kept; common servers close theirs after
 *     5 s, and a request must not meet that
 * @param drain what requests under way get when the proxy closes
 */
public record Timeouts(
        Duration handshake,
        Duration head,
        Duration keepAlive,
        Duration requestBody,
        Duration stalledClient,
        Duration connect,
        Duration response,
        Duration responseBody,
        Duration tunnel,
        Duration linger,
        Duration backendIdle,
        Duration drain) {
    public static final Timeouts DEFAULT =
            new Timeouts(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(5),
                    Duration.ofHours(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(30));

    /** Throws IllegalArgumentException when one is not above zero. */
    public Timeouts {
        positive("handshake", handshake);
        positive("head", head);
        positive("keepAlive", keepAlive);
        positive("requestBody", requestBody);
        positive("stalledClient", stalledClient);
        positive("connect", connect);
        positive("response", response);
        positive("responseBody", responseBody);
        positive("tunnel", tunnel);
        positive("linger", linger);
        positive("backendIdle", backendIdle);
        positive("drain", drain);
    }

    private static void positive(String name, @Nullable Duration value) {
        if (value == null || value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeout " + name + " has to be above zero");
        }
    }
}
