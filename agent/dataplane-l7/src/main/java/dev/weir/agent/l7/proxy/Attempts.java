package dev.weir.agent.l7.proxy;

import dev.weir.routing.ServicePort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tries to get a request to an endpoint, one after the other. Owned by the client's event loop.
 *
 * <p>The head of the request is kept until the response begins, so that another endpoint can have
 * it; its body is not.
 */
final class Attempts {
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int TIMEOUT = 504;

    /** How long an endpoint that could not be reached comes last. */
    private static final long AVOID = TimeUnit.SECONDS.toNanos(2);

    final ServicePort service;
    private final Worker worker;
    private final Exchange exchange;
    private @Nullable ByteBuf head;
    private @Nullable Destination destination;
    private @Nullable BackConnection back;
    private boolean attached;
    private int count;

    /**
     * @param head of the request as the endpoint gets it; taken over
     */
    Attempts(Worker worker, Exchange exchange, ServicePort service, ByteBuf head) {
        this.worker = worker;
        this.exchange = exchange;
        this.service = service;
        this.head = head;
    }

    /**
     * Tries an endpoint for the first time.
     *
     * @param snapshot that has the rule, and so the Service: there may be a newer one already
     */
    void first(Snapshot snapshot) {
        next(snapshot, false);
    }

    /**
     * @param fresh whether by a new connection in any case
     */
    private void next(Snapshot snapshot, boolean fresh) {
        Upstream upstream = snapshot.upstream(service);
        Destination chosen = worker.destinations.of(service, upstream).choose(worker.now());
        if (chosen == null) {
            exchange.answer(UNAVAILABLE);
            return;
        }
        count++;
        exchange.attempting();
        destination = chosen;
        chosen.active++;
        BackConnection idle = fresh ? null : chosen.take();
        if (idle != null) {
            attach(idle);
        } else {
            back = new BackConnection(worker, chosen, this);
            worker.connect(back);
        }
    }

    /** The connection is there: it gets the head. */
    void attach(BackConnection connection) {
        if (head == null) {
            throw new IllegalStateException("the response has begun");
        }
        back = connection;
        attached = true;
        connection.begin(exchange);
        connection.write(head.retainedDuplicate());
        exchange.attached();
    }

    void connectFailed(Throwable cause) {
        worker.counters.attemptFailed();
        if (destination != null) {
            destination.avoidUntil = worker.now() + AVOID;
        }
        detach(false);
        again(cause instanceof ConnectTimeoutException ? TIMEOUT : BAD_GATEWAY);
    }

    /**
     * The endpoint closed before it said anything.
     *
     * @param safe whether it may be sent the same again
     */
    void unanswered(boolean safe) {
        worker.counters.attemptFailed();
        detach(false);
        if (safe) {
            again(BAD_GATEWAY);
        } else {
            exchange.answer(BAD_GATEWAY);
        }
    }

    private void again(int otherwise) {
        if (count < worker.settings.capacity().attempts()) {
            next(worker.snapshot(), true);
        } else {
            exchange.answer(otherwise);
        }
    }

    /** The connection that serves the exchange, or null while there is none. */
    @Nullable BackConnection back() {
        return attached ? back : null;
    }

    /** The response begins: nothing is sent again. */
    void dropHead() {
        if (head != null) {
            head.release();
            head = null;
        }
    }

    /** Lets go of the endpoint. */
    void detach(boolean close) {
        BackConnection open = back;
        back = null;
        attached = false;
        if (destination != null) {
            destination.active--;
            destination = null;
        }
        if (close && open != null) {
            open.abandon();
        }
    }
}
