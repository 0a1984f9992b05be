package dev.weir.server.seat;

import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.server.StatusMapper;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through a door. It searches and starts on a virtual thread of its own;
 * messages then pass on the threads that they come on, no faster than the other side takes them.
 */
abstract class Passage<Q, A> extends ServerCall.Listener<Q> {
    /**
     * With UNAVAILABLE: the writer that lives says so, or who has looked for it. Without it,
     * whoever answered for a dead one, be it a process that starts, or gRPC itself, is not
     * believed.
     */
    private static final Metadata.Key<String> SAID_BY =
            Metadata.Key.of("weir-said-by", Metadata.ASCII_STRING_MARSHALLER);

    /** Where gRPC has the details of a status. gRPC itself gives none. */
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** Not the channel's, which is gone when the channel is closed just before the call. */
    private static final Executor ANSWERS = Executors.newVirtualThreadPerTaskExecutor();

    private final ServerCall<Q, A> caller;
    private final Metadata headers;
    private final Search search;
    private volatile @Nullable Attempt attempt;

    Passage(ServerCall<Q, A> caller, Metadata headers, Search search) {
        this.caller = caller;
        this.headers = headers;
        this.search = search;
    }

    /** Asks the caller for what is needed first. */
    abstract void begin();

    ServerCall<Q, A> caller() {
        return caller;
    }

    @Override
    public void onReady() {
        Attempt present = attempt;
        if (present != null) {
            present.callerIsReady();
        }
    }

    @Override
    public void onCancel() {
        search.end();
        Attempt present = attempt;
        if (present != null) {
            present.cancel();
        }
    }

    /** Does what may wait; a bug there ends the call. */
    void run(Runnable body) {
        Thread.startVirtualThread(
                () -> {
                    try {
                        body.run();
                    } catch (RuntimeException e) {
                        StatusRuntimeException failure = StatusMapper.toStatus(e);
                        onCancel();
                        caller.close(
                                failure.getStatus(),
                                Optional.ofNullable(failure.getTrailers())
                                        .orElseGet(Metadata::new));
                    }
                });
    }

    /** The next attempt, started; empty when the caller was told that there is no writer. */
    Optional<Attempt> attempt() {
        try {
            Optional<Writer> writer = search.next();
            if (writer.isEmpty()) {
                refuse();
            }
            return writer.map(this::start);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            refuse();
            return Optional.empty();
        }
    }

    private Attempt start(Writer writer) {
        Attempt next = new Attempt(writer);
        Metadata copy = new Metadata();
        copy.merge(headers);
        copy.removeAll(Door.SENT_TO);
        copy.put(Door.SENT_TO, search.way().shard());
        next.call.start(next, copy);
        attempt = next;
        if (search.isOver()) {
            next.cancel();
        }
        return next;
    }

    /** Tells the caller that there is no writer. */
    void refuse() {
        if (!search.isOver()) {
            end(search.way().missing());
        }
    }

    private void end(String why) {
        StatusRuntimeException refusal = StatusMapper.toStatus(Failure.of(Reason.UNAVAILABLE, why));
        Metadata trailers = Optional.ofNullable(refusal.getTrailers()).orElseGet(Metadata::new);
        if (search.isThorough()) {
            sign(trailers);
        }
        caller.close(refusal.getStatus(), trailers);
    }

    private void sign(Metadata trailers) {
        trailers.removeAll(SAID_BY);
        trailers.put(SAID_BY, search.way().shard());
    }

    /** One writer that is tried, and its answer on the way back. */
    final class Attempt extends ClientCall.Listener<A> {
        private final Writer writer;
        private final ClientCall<Q, A> call;
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        // Owned by the call's listener, which gRPC calls one at a time.
        private @Nullable Metadata answered;
        private boolean passedOn;

        /** The one answer, which is none before the status says so. */
        private @Nullable A held;

        /** The caller takes no more for now. Guarded by this. */
        private boolean blocked;

        /** gRPC wants nothing sent after it. Guarded by this. */
        private boolean cancelled;

        private Attempt(Writer writer) {
            this.writer = writer;
            this.call =
                    writer.channel()
                            .newCall(
                                    caller.getMethodDescriptor(),
                                    CallOptions.DEFAULT
                                            .withExecutor(ANSWERS)
                                            .withDeadline(search.deadline()));
        }

        synchronized void send(Q message) {
            if (!cancelled) {
                call.sendMessage(message);
            }
        }

        synchronized void halfClose() {
            if (!cancelled) {
                call.halfClose();
            }
        }

        void request(int answers) {
            call.request(answers);
        }

        boolean isReady() {
            return call.isReady();
        }

        synchronized void cancel() {
            cancelled = true;
            call.cancel("the caller has gone", null);
        }

        /** Once it has ended: false when another writer may be tried. */
        boolean await() {
            return ended.join();
        }

        synchronized void callerIsReady() {
            if (blocked) {
                blocked = false;
                call.request(1);
            }
        }

        @Override
        public void onReady() {
            writerIsReady();
        }

        @Override
        public void onHeaders(Metadata metadata) {
            answered = metadata;
        }

        @Override
        public void onMessage(A message) {
            if (caller.getMethodDescriptor().getType().serverSendsOneMessage()) {
                held = message;
                return;
            }
            passHeaders();
            caller.sendMessage(message);
            synchronized (this) {
                if (caller.isReady()) {
                    call.request(1);
                } else {
                    blocked = true;
                }
            }
        }

        /** Late, so that an attempt leaves nothing behind that brings no answer. */
        private void passHeaders() {
            if (!passedOn) {
                passedOn = true;
                caller.sendHeaders(answered == null ? new Metadata() : answered);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            boolean gone = isGone(status, trailers);
            if (!gone) {
                search.way().found();
            }
            if (gone && !passedOn) {
                ended.complete(false);
                return;
            }
            if (!search.isOver()) {
                if (gone) {
                    end("the writer of shard " + search.way().shard() + " has left; resume");
                } else {
                    if (answered != null) {
                        passHeaders();
                    }
                    if (held != null && status.isOk()) {
                        passHeaders();
                        caller.sendMessage(held);
                    }
                    if (writer instanceof Writer.Here) {
                        sign(trailers);
                    }
                    caller.close(status, trailers);
                }
            }
            ended.complete(true);
        }

        private boolean isGone(Status status, Metadata trailers) {
            // gRPC's UNKNOWN for a call that was sent while its connection broke.
            if (status.getCause() instanceof ClosedChannelException) {
                return true;
            }
            return status.getCode() == Status.Code.UNAVAILABLE
                    && switch (writer) {
                        case Writer.Here(var office) ->
                                office.isLeft() || !trailers.containsKey(DETAILS);
                        case Writer.Elsewhere _ -> !trailers.containsKey(SAID_BY);
                    };
        }
    }

    /** The writer takes more. */
    void writerIsReady() {}
}
