package dev.weir.server.seat;

import dev.weir.core.v1.GetRequest;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Streams in each direction, of names, by a server that tells the test what it saw. */
final class Streams implements BindableService {
    /** As many messages as the client takes, and no more. Never ends. */
    static final MethodDescriptor<GetRequest, GetRequest> COUNT =
            method("Count", MethodType.SERVER_STREAMING);

    /** One answer to all, when the client has said all: how many there were. */
    static final MethodDescriptor<GetRequest, GetRequest> SUM =
            method("Sum", MethodType.CLIENT_STREAMING);

    /** Each message, back with the name of the process. */
    static final MethodDescriptor<GetRequest, GetRequest> ECHO =
            method("Echo", MethodType.BIDI_STREAMING);

    static final ServiceDescriptor SERVICE =
            ServiceDescriptor.newBuilder("test.Streams")
                    .addMethod(COUNT)
                    .addMethod(SUM)
                    .addMethod(ECHO)
                    .build();

    /** What was seen of the calls of Count, by the name in the request. */
    static final Map<String, Counted> COUNTED = new ConcurrentHashMap<>();

    /** One call of Count. */
    static final class Counted {
        final AtomicInteger sent = new AtomicInteger();
        final CompletableFuture<String> cancelled = new CompletableFuture<>();
        final CompletableFuture<Optional<Long>> secondsLeft = new CompletableFuture<>();
    }

    private final String process;

    Streams(String process) {
        this.process = process;
    }

    static GetRequest message(String name) {
        return GetRequest.newBuilder().setName(name).build();
    }

    private static MethodDescriptor<GetRequest, GetRequest> method(String name, MethodType type) {
        return MethodDescriptor.<GetRequest, GetRequest>newBuilder()
                .setType(type)
                .setFullMethodName("test.Streams/" + name)
                .setRequestMarshaller(ProtoUtils.marshaller(GetRequest.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(GetRequest.getDefaultInstance()))
                .build();
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(this::count))
                .addMethod(SUM, ServerCalls.asyncClientStreamingCall(Streams::sum))
                .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(this::echo))
                .build();
    }

    private void count(GetRequest request, StreamObserver<GetRequest> out) {
        Counted counted = COUNTED.computeIfAbsent(request.getName(), name -> new Counted());
        counted.secondsLeft.complete(
                Optional.ofNullable(Context.current().getDeadline())
                        .map(deadline -> deadline.timeRemaining(TimeUnit.SECONDS)));
        var call = (ServerCallStreamObserver<GetRequest>) out;
        call.setOnCancelHandler(() -> counted.cancelled.complete(process));
        call.setOnReadyHandler(
                () -> {
                    while (call.isReady()) {
                        call.onNext(message(Integer.toString(counted.sent.incrementAndGet())));
                    }
                });
    }

    private static StreamObserver<GetRequest> sum(StreamObserver<GetRequest> out) {
        AtomicInteger count = new AtomicInteger();
        return new Said(
                message -> count.incrementAndGet(),
                () -> {
                    out.onNext(message(count.toString()));
                    out.onCompleted();
                });
    }

    private StreamObserver<GetRequest> echo(StreamObserver<GetRequest> out) {
        return new Said(
                message -> out.onNext(message(process + ":" + message.getName())),
                out::onCompleted);
    }

    /** What a client says. */
    private record Said(java.util.function.Consumer<GetRequest> next, Runnable completed)
            implements StreamObserver<GetRequest> {
        @Override
        public void onNext(GetRequest message) {
            next.accept(message);
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {
            completed.run();
        }
    }
}
