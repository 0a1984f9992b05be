package dev.weir.server;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Answers gRPC calls on virtual threads of their own, where waiting is cheap, and so never blocks
 * the thread that they come on. What a body throws becomes the call's status.
 */
public final class Calls {
    private static final Executor VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();

    private Calls() {}

    /** What gives the one answer. */
    public interface Answer<R> {
        R get() throws InterruptedException;
    }

    /** What sends the answers of a stream, and ends it if it is to end well. */
    public interface Body {
        void run() throws InterruptedException;
    }

    /** Sends the answer, and ends the call. */
    public static <R> void unary(StreamObserver<R> out, Answer<R> answer) {
        VIRTUAL.execute(
                () ->
                        guarded(
                                out,
                                () -> {
                                    out.onNext(answer.get());
                                    out.onCompleted();
                                }));
    }

    /**
     * Runs the body of a stream. A cancelled call does not throw from {@code onNext}: the body sees
     * to it that it ends.
     */
    public static <R> void stream(ServerCallStreamObserver<R> out, Body body) {
        out.setOnCancelHandler(() -> {});
        VIRTUAL.execute(() -> guarded(out, body));
    }

    private static void guarded(StreamObserver<?> out, Body body) {
        try {
            body.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.onError(Status.UNAVAILABLE.withDescription("the server is stopping").asException());
        } catch (RuntimeException e) {
            out.onError(StatusMapper.toStatus(e));
        }
    }
}
