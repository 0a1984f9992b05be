package dev.weir.client;

import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.events.v1.FollowRequest;
import dev.weir.events.v1.FollowResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Streams of events that say what a test tells them to. */
public final class FakeEvents extends EventsGrpc.EventsImplBase {
    private static final int SECONDS = 20;

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

    /** One call and what it is sent. */
    public record Call(FollowRequest request, StreamObserver<FollowResponse> out) {
        public void send(CloudEvent event) {
            out.onNext(FollowResponse.newBuilder().setChange(event).build());
        }

        public void reached(long revision) {
            out.onNext(FollowResponse.newBuilder().setReached(frontier(revision)).build());
        }

        public void fail(StatusRuntimeException status) {
            out.onError(status);
        }
    }

    public static dev.weir.core.v1.Frontier frontier(long revision) {
        return dev.weir.core.v1.Frontier.newBuilder()
                .setLogId(FakeServer.LOG_ID)
                .putRevisions("endpoint", revision)
                .build();
    }

    @Override
    public void follow(FollowRequest request, StreamObserver<FollowResponse> out) {
        calls.add(new Call(request, out));
    }

    /** The next call that comes. */
    public Call next() throws InterruptedException {
        Call call = calls.poll(SECONDS, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no call within " + SECONDS + " s");
        }
        return call;
    }
}
