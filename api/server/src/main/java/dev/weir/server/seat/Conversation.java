package dev.weir.server.seat;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that brings a stream: it goes to one writer, who may be waited for. Nothing is asked of
 * the caller before there is one.
 */
final class Conversation<Q, A> extends Passage<Q, A> {
    /** Guarded by this. */
    private @Nullable Attempt attempt;

    /** The writer takes no more for now. Guarded by this. */
    private boolean blocked;

    /** The caller has said all. Guarded by this. */
    private boolean halfClosed;

    Conversation(ServerCall<Q, A> caller, Metadata headers, Search search) {
        super(caller, headers, search);
    }

    @Override
    void begin() {
        run(() -> attempt().ifPresent(this::converse));
    }

    private void converse(Attempt started) {
        synchronized (this) {
            attempt = started;
            if (halfClosed) {
                started.halfClose();
            }
        }
        started.request(1);
        caller().request(1);
        if (!started.await()) {
            refuse();
        }
    }

    @Override
    public synchronized void onMessage(Q message) {
        Attempt present = Objects.requireNonNull(attempt);
        present.send(message);
        if (present.isReady()) {
            caller().request(1);
        } else {
            blocked = true;
        }
    }

    @Override
    synchronized void writerIsReady() {
        if (blocked) {
            blocked = false;
            caller().request(1);
        }
    }

    @Override
    public synchronized void onHalfClose() {
        halfClosed = true;
        if (attempt != null) {
            attempt.halfClose();
        }
    }
}
