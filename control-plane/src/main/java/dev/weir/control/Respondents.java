package dev.weir.control;

import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The agents that can be asked, by node: of each the call that it opened last. Guarded by its
 * monitor, which is notified of every one that comes.
 */
final class Respondents implements AutoCloseable {
    /** How long an agent may take to answer. */
    static final Duration ANSWER = Duration.ofSeconds(5);

    /**
     * How long one that is not connected is waited for: after a change of the writer agents come
     * back, at most a second later.
     */
    static final Duration CONNECT = Duration.ofSeconds(2);

    private final Duration answer;
    private final Duration connect;
    private final TreeMap<String, AnswerStream> open = new TreeMap<>();
    private boolean closed;

    Respondents() {
        this(ANSWER, CONNECT);
    }

    Respondents(Duration answer, Duration connect) {
        this.answer = answer;
        this.connect = connect;
    }

    /** An agent's call. Does not block. */
    StreamObserver<AgentAnswer> open(StreamObserver<AgentQuestion> out) {
        return new AnswerStream(this, (ServerCallStreamObserver<AgentQuestion>) out);
    }

    /** The newest wins: a call that its agent has lost may not have ended yet. */
    void came(AnswerStream stream) {
        AnswerStream former;
        boolean late;
        synchronized (this) {
            late = closed;
            former = late ? stream : open.put(stream.node(), stream);
            notifyAll();
        }
        if (former != null) {
            Failure why =
                    late
                            ? stopping()
                            : Failure.of(
                                    Reason.CONFLICT,
                                    "node \"" + stream.node() + "\" answers by a newer call");
            Thread.startVirtualThread(() -> former.end(why));
        }
    }

    synchronized void left(AnswerStream stream) {
        open.remove(stream.node(), stream);
    }

    /**
     * Asks the node that can say. Throws FailureException: NOT_FOUND for what does not exist,
     * UNAVAILABLE when the agent is not connected or goes, TIMEOUT when it does not answer.
     */
    WhyResponse why(Image control, WhyRequest question) throws InterruptedException {
        Optional<String> node = WhichNode.of(control, question);
        if (control.all(Kinds.NODE, Node.class).findAny().isEmpty()) {
            throw Failure.of(Reason.UNAVAILABLE, "no node has joined yet; there is none to ask")
                    .asException();
        }
        AnswerStream stream = connected(node);
        AnswerStream.Asked asked = stream.ask(question);
        try {
            return asked.answer().get(answer.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof FailureException failure
                    ? failure.failure().asException()
                    : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw Failure.of(
                            Reason.TIMEOUT,
                            "node \""
                                    + stream.node()
                                    + "\" has not answered within "
                                    + answer.toMillis() / 1000.0
                                    + " s")
                    .asException();
        } finally {
            stream.forget(asked);
        }
    }

    private synchronized AnswerStream connected(Optional<String> node) throws InterruptedException {
        long deadline = System.nanoTime() + connect.toNanos();
        while (!closed) {
            Optional<AnswerStream> found =
                    node.isPresent()
                            ? Optional.ofNullable(open.get(node.get()))
                            : open.values().stream().findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                String who =
                        node.map(name -> "the agent of node \"" + name + "\" is not")
                                .orElse("no agent is");
                throw Failure.of(Reason.UNAVAILABLE, who + " connected, so it cannot be asked")
                        .asException();
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        throw stopping().asException();
    }

    private static Failure stopping() {
        return Failure.of(Reason.UNAVAILABLE, "the server is stopping");
    }

    /** Ends all calls. */
    @Override
    public void close() {
        List<AnswerStream> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(open.values());
            notifyAll();
        }
        all.forEach(stream -> stream.end(stopping()));
    }
}
