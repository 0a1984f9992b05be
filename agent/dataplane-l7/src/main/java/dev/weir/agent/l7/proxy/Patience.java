package dev.weir.agent.l7.proxy;

import dev.weir.routing.Action.Forward;
import java.time.Duration;
import java.util.Optional;

/**
 * How long an exchange may take, as the deadline of its client's connection. Owned by its event
 * loop.
 */
final class Patience {
    private final Connection client;
    private final Worker worker;
    private Optional<Duration> attempt = Optional.empty();

    /** Whether the rule says nothing, and the proxy's own timeout counts. */
    private boolean own = true;

    /** When all has to be over, by the rule. */
    private long whole = Connection.NEVER;

    /** When this attempt has to be, and so all. */
    private long over = Connection.NEVER;

    Patience(Connection client) {
        this.client = client;
        this.worker = client.worker;
    }

    void by(Forward rule) {
        own = rule.timeout().isEmpty() && rule.attemptTimeout().isEmpty();
        attempt = rule.attemptTimeout();
        whole = after(rule.timeout());
    }

    private long after(Optional<Duration> timeout) {
        return timeout.isEmpty() || timeout.get().isZero()
                ? Connection.NEVER
                : worker.now() + timeout.get().toNanos();
    }

    /** Another attempt begins. */
    void attempt() {
        over = Math.min(whole, after(attempt));
        client.deadline = over;
    }

    /** A part of the request has come, and more is to. */
    void sending() {
        client.deadline = Math.min(over, worker.now() + worker.nanos.requestBody());
    }

    /**
     * The request is sent as a whole.
     *
     * @param answered whether the response began before
     */
    void sent(boolean answered) {
        client.deadline = own && !answered ? worker.now() + worker.nanos.response() : over;
    }

    /** The response begins, and the request is sent: the endpoint's connection watches now. */
    void answered() {
        client.deadline = over;
    }

    /** A byte came, either way, of a protocol without requests. */
    void tunnelled() {
        over = Connection.NEVER;
        client.deadline = worker.now() + worker.nanos.tunnel();
    }

    boolean isOver() {
        return worker.now() >= over;
    }
}
