package dev.weir.agent;

import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds open the call by which the control plane asks this node, and answers. A call that ends is
 * opened again; what was asked by it is asked again by whoever wants to know.
 */
final class Respondent implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Respondent.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(1);

    private final String node;
    private final ManagedChannel channel;
    private final Function<WhyRequest, CompletableFuture<WhyResponse>> answers;
    private final Thread thread = Thread.ofVirtual().name("respondent").unstarted(this::run);

    /**
     * @param answers called by the channel's threads, so it does not wait; an
     *     IllegalArgumentException or FailureException says what is wrong with the question
     */
    Respondent(
            String node,
            ManagedChannel channel,
            Function<WhyRequest, CompletableFuture<WhyResponse>> answers) {
        this.node = node;
        this.channel = channel;
        this.answers = answers;
    }

    void start() {
        thread.start();
    }

    private void run() {
        Duration pause = FIRST_RETRY;
        try {
            while (true) {
                long start = System.nanoTime();
                // Else grpc waits up to two minutes between attempts to connect.
                channel.resetConnectBackoff();
                try (Call call = new Call()) {
                    call.open();
                    call.ended.await();
                }
                boolean lived = System.nanoTime() - start > LAST_RETRY.toNanos();
                pause = lived ? FIRST_RETRY : pause;
                Thread.sleep(pause);
                Duration next = pause.multipliedBy(2);
                pause = next.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : next;
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** One call. */
    private final class Call
            implements ClientResponseObserver<AgentAnswer, AgentQuestion>, AutoCloseable {
        final CountDownLatch ended = new CountDownLatch(1);

        /** Keeps apart what several threads send, and all of it before the end. */
        private final ReentrantLock sending = new ReentrantLock();

        private @Nullable ClientCallStreamObserver<AgentAnswer> out;

        void open() {
            AgentsGrpc.newStub(channel).answer(this);
            send(AgentAnswer.newBuilder().setNodeName(node).build());
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<AgentAnswer> requests) {
            out = requests;
        }

        @Override
        public void onNext(AgentQuestion question) {
            AgentAnswer.Builder answer = AgentAnswer.newBuilder().setId(question.getId());
            if (!question.hasWhy()) {
                send(answer.build());
                return;
            }
            answers.apply(question.getWhy())
                    .handle(
                            (why, wrong) ->
                                    wrong == null ? answer.setWhy(why) : refuse(answer, wrong))
                    .thenAccept(said -> send(said.build()));
        }

        private void send(AgentAnswer message) {
            sending.lock();
            try {
                if (ended.getCount() > 0 && out != null) {
                    out.onNext(message);
                }
            } finally {
                sending.unlock();
            }
        }

        @Override
        public void onError(Throwable why) {
            LOG.debugf("Nobody can ask this node for now: %s", why.getMessage());
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }

        @Override
        public void close() {
            sending.lock();
            try {
                if (ended.getCount() > 0 && out != null) {
                    ended.countDown();
                    out.cancel("the agent stops", null);
                }
            } finally {
                sending.unlock();
            }
        }
    }

    private static AgentAnswer.Builder refuse(AgentAnswer.Builder answer, Throwable wrong) {
        return switch (wrong) {
            case CompletionException wrapped when wrapped.getCause() != null ->
                    refuse(answer, wrapped.getCause());
            case FailureException expected ->
                    answer.setRefused(expected.failure().message())
                            .setReason(expected.failure().reason().word());
            case IllegalStateException busy ->
                    answer.setRefused(String.valueOf(busy.getMessage()))
                            .setReason(Reason.UNAVAILABLE.word());
            default -> {
                LOG.error("A question could not be answered", wrong);
                yield answer.setRefused("the node cannot tell: " + wrong)
                        .setReason(Reason.UNAVAILABLE.word());
            }
        };
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
