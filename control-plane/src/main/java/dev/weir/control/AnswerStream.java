package dev.weir.control;

import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import dev.weir.server.StatusMapper;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One agent's open call, by which it is asked. When the call ends, so does the wait for what was
 * asked.
 *
 * <p>What arrives never waits for what is sent: a call through doors has locks of its own.
 */
final class AnswerStream implements StreamObserver<AgentAnswer> {
    /** Questions that an agent has not answered, at most. */
    static final int UNANSWERED = 100;

    private final Respondents respondents;
    private final ServerCallStreamObserver<AgentQuestion> out;
    private final AtomicLong ids = new AtomicLong();
    private final Map<String, CompletableFuture<WhyResponse>> waiting = new ConcurrentHashMap<>();

    /** Keeps apart what several threads send. */
    private final ReentrantLock sending = new ReentrantLock();

    /** Written under the lock. */
    private volatile boolean ended;

    /** Empty until the agent has said so. */
    private volatile String node = "";

    AnswerStream(Respondents respondents, ServerCallStreamObserver<AgentQuestion> out) {
        this.respondents = respondents;
        this.out = out;
        out.setOnCancelHandler(this::gone);
    }

    String node() {
        return node;
    }

    /** A question on its way. Forget it when nobody waits for the answer any more. */
    record Asked(String id, CompletableFuture<WhyResponse> answer) {}

    /** Fails with a FailureException, reason UNAVAILABLE when the agent goes. */
    Asked ask(WhyRequest question) {
        Asked asked = new Asked(Long.toString(ids.incrementAndGet()), new CompletableFuture<>());
        if (waiting.size() >= UNANSWERED) {
            asked.answer.completeExceptionally(
                    Failure.of(
                                    Reason.EXHAUSTED,
                                    "node \""
                                            + node
                                            + "\" has "
                                            + UNANSWERED
                                            + " questions to answer")
                            .asException());
            return asked;
        }
        waiting.put(asked.id, asked.answer);
        sending.lock();
        try {
            if (!ended) {
                out.onNext(AgentQuestion.newBuilder().setId(asked.id).setWhy(question).build());
            }
        } finally {
            sending.unlock();
        }
        if (ended) {
            failWaiting();
        }
        return asked;
    }

    void forget(Asked asked) {
        waiting.remove(asked.id);
    }

    @Override
    public void onNext(AgentAnswer message) {
        if (node.isEmpty()) {
            node = message.getNodeName();
            if (node.isEmpty()) {
                end(Failure.of(Reason.BAD_REQUEST, "node_name: needed in the first message"));
            } else {
                respondents.came(this);
            }
            return;
        }
        CompletableFuture<WhyResponse> answer = waiting.remove(message.getId());
        if (answer == null) {
            return;
        }
        switch (message.getAnswerCase()) {
            case WHY -> answer.complete(message.getWhy());
            case REFUSED ->
                    answer.completeExceptionally(
                            Failure.of(reason(message), message.getRefused()).asException());
            case ANSWER_NOT_SET ->
                    answer.completeExceptionally(
                            Failure.of(
                                            Reason.BAD_REQUEST,
                                            "the agent of node \""
                                                    + node
                                                    + "\" does not know this question; upgrade it")
                                    .asException());
        }
    }

    private static Reason reason(AgentAnswer refusal) {
        return Arrays.stream(Reason.values())
                .filter(reason -> reason.word().equals(refusal.getReason()))
                .findFirst()
                .orElse(Reason.BAD_REQUEST);
    }

    @Override
    public void onError(Throwable broken) {
        gone();
    }

    @Override
    public void onCompleted() {
        end(out::onCompleted);
    }

    /** Ends the call, if it is still open. */
    void end(Failure why) {
        end(() -> out.onError(StatusMapper.toStatus(why)));
    }

    private void end(Runnable lastWord) {
        sending.lock();
        try {
            if (!ended) {
                ended = true;
                lastWord.run();
            }
        } finally {
            sending.unlock();
        }
        gone();
    }

    private void gone() {
        ended = true;
        respondents.left(this);
        failWaiting();
    }

    private void failWaiting() {
        for (String id : waiting.keySet()) {
            CompletableFuture<WhyResponse> answer = waiting.remove(id);
            if (answer != null) {
                answer.completeExceptionally(
                        Failure.of(
                                        Reason.UNAVAILABLE,
                                        "the agent of node \""
                                                + node
                                                + "\" has gone while it was asked")
                                .asException());
            }
        }
    }
}
