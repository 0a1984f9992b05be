package dev.weir.server;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A call that stays open, and is sent messages by one thread or several: no faster than the
 * connection takes them, so that a slow reader holds nothing but its threads. The caller has set
 * the call's cancel handler: without one, gRPC throws from {@code onNext}.
 */
public final class PacedCall<M> {
    /** How often a reader that takes nothing is looked at again. */
    private static final Duration BLOCKED_POLL = Duration.ofMillis(10);

    private final ServerCallStreamObserver<M> out;

    /** Keeps the messages of the threads apart. */
    private final ReentrantLock sending = new ReentrantLock();

    /** Written under the lock. */
    private volatile boolean ended;

    public PacedCall(ServerCallStreamObserver<M> out) {
        this.out = out;
    }

    /** False once either side ended the call: whoever sends, stops. */
    public boolean isOpen() {
        return !ended && !out.isCancelled();
    }

    /** Waits until the connection takes it. A call that has ended takes everything. */
    public void send(M message) throws InterruptedException {
        sending.lockInterruptibly();
        try {
            while (isOpen() && !out.isReady()) {
                Thread.sleep(BLOCKED_POLL);
            }
            if (isOpen()) {
                out.onNext(message);
            }
        } finally {
            sending.unlock();
        }
    }

    /** What one of the call's threads does. The first failure of any of them ends the call. */
    public void run(Calls.Body body) {
        try {
            body.run();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            end(Status.UNAVAILABLE.withDescription("the server is stopping").asRuntimeException());
        } catch (RuntimeException e) {
            end(StatusMapper.toStatus(e));
        }
    }

    private void end(StatusRuntimeException why) {
        sending.lock();
        try {
            if (isOpen()) {
                out.onError(why);
            }
            ended = true;
        } finally {
            sending.unlock();
        }
    }
}
