package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Failure;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespondentTest {
    private static final int SECONDS = 20;

    @TempDir private Path directory;
    private final Asking asking = new Asking();
    private SocketServer server;
    private Respondent respondent;

    /** A control plane that asks whoever comes. */
    private static final class Asking extends AgentsGrpc.AgentsImplBase {
        private final BlockingQueue<StreamObserver<AgentQuestion>> calls =
                new LinkedBlockingQueue<>();
        private final BlockingQueue<StreamObserver<AgentQuestion>> refused =
                new LinkedBlockingQueue<>();
        private final BlockingQueue<AgentAnswer> heard = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        private volatile boolean refusing;

        @Override
        public StreamObserver<AgentAnswer> answer(StreamObserver<AgentQuestion> out) {
            if (refusing) {
                refused.add(out);
                out.onError(Status.UNAVAILABLE.asException());
            } else {
                calls.add(out);
            }
            return new StreamObserver<>() {
                @Override
                public void onNext(AgentAnswer answer) {
                    heard.add(answer);
                }

                @Override
                public void onError(Throwable thrown) {
                    ends.add(thrown.toString());
                }

                @Override
                public void onCompleted() {
                    ends.add("completed");
                }
            };
        }
    }

    @BeforeEach
    void open() throws Exception {
        server = SocketServer.start(directory.resolve("weir.sock"), asking);
    }

    @AfterEach
    void close() throws Exception {
        respondent.close();
        server.close();
    }

    private void start(Function<WhyRequest, CompletableFuture<WhyResponse>> answers) {
        respondent = new Respondent("n1", server.channel(), answers);
        respondent.start();
    }

    private static <T> T next(BlockingQueue<T> queue, String what) throws InterruptedException {
        T next = queue.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(next).as("%s within %d s", what, SECONDS).isNotNull();
        return next;
    }

    private StreamObserver<AgentQuestion> call() throws InterruptedException {
        var call = next(asking.calls, "a call");
        assertThat(next(asking.heard, "a first message"))
                .isEqualTo(AgentAnswer.newBuilder().setNodeName("n1").build());
        return call;
    }

    private AgentAnswer ask(StreamObserver<AgentQuestion> call, String id, String source)
            throws InterruptedException {
        call.onNext(
                AgentQuestion.newBuilder()
                        .setId(id)
                        .setWhy(WhyRequest.newBuilder().setSource(source))
                        .build());
        return next(asking.heard, "an answer");
    }

    private static CompletableFuture<WhyResponse> said(WhyRequest question) {
        return CompletableFuture.completedFuture(
                WhyResponse.newBuilder().setReason(question.getSource()).build());
    }

    @Test
    void itSaysWhoItIsAndAnswers() throws Exception {
        start(RespondentTest::said);
        var call = call();

        assertThat(ask(call, "1", "pod/a"))
                .isEqualTo(
                        AgentAnswer.newBuilder()
                                .setId("1")
                                .setWhy(WhyResponse.newBuilder().setReason("pod/a"))
                                .build());
        assertThat(ask(call, "2", "pod/b").getWhy().getReason()).isEqualTo("pod/b");
    }

    @Test
    void whatIsWrongWithAQuestionIsSaidInItsWords() throws Exception {
        start(
                question ->
                        CompletableFuture.failedFuture(
                                Failure.notFound(Kinds.SERVICE, "web").asException()));

        assertThat(ask(call(), "1", "a"))
                .isEqualTo(
                        AgentAnswer.newBuilder()
                                .setId("1")
                                .setRefused("services \"web\" not found")
                                .setReason("NotFound")
                                .build());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeThatCannotTellSaysSo(boolean expected) throws Exception {
        start(
                question ->
                        CompletableFuture.failedFuture(
                                expected
                                        ? new IllegalStateException("busy")
                                        : new IllegalArgumentException("busy")));

        AgentAnswer answer = ask(call(), "1", "a");

        assertThat(answer.getRefused()).contains("busy");
        assertThat(answer.getReason()).isEqualTo("ServiceUnavailable");
    }

    @Test
    void aQuestionOfALaterVersionIsNotAnswered() throws Exception {
        start(RespondentTest::said);
        var call = call();

        call.onNext(AgentQuestion.newBuilder().setId("1").build());

        assertThat(next(asking.heard, "an answer"))
                .isEqualTo(AgentAnswer.newBuilder().setId("1").build());
    }

    @Test
    void aCallThatEndsIsOpenedAgain() throws Exception {
        start(RespondentTest::said);
        call().onError(Status.ABORTED.asException());
        call().onCompleted();

        assertThat(ask(call(), "1", "a").getWhy().getReason()).isEqualTo("a");
    }

    @Test
    void aServerThatRefusesIsTriedAgain() throws Exception {
        asking.refusing = true;
        start(RespondentTest::said);
        next(asking.refused, "a try");
        next(asking.refused, "another try");

        asking.refusing = false;

        assertThat(ask(call(), "1", "a").getWhy().getReason()).isEqualTo("a");
    }

    @Test
    void aServerThatStartsAgainIsFound() throws Exception {
        start(RespondentTest::said);
        call();
        server.stop();

        server.serve(List.of(asking));

        assertThat(ask(call(), "1", "a").getWhy().getReason()).isEqualTo("a");
    }

    @Test
    void anAnswerToACallThatHasEndedIsNoAnswerToTheNext() throws Exception {
        CompletableFuture<WhyResponse> slow = new CompletableFuture<>();
        start(question -> question.getSource().equals("slow") ? slow : said(question));
        var former = call();
        former.onNext(
                AgentQuestion.newBuilder()
                        .setId("1")
                        .setWhy(WhyRequest.newBuilder().setSource("slow"))
                        .build());
        former.onError(Status.UNAVAILABLE.asException());
        var latter = call();

        slow.complete(WhyResponse.newBuilder().setReason("late").build());

        assertThat(ask(latter, "1", "a").getWhy().getReason()).isEqualTo("a");
    }

    @Test
    void anAgentThatStopsEndsItsCall() throws Exception {
        start(RespondentTest::said);
        call();

        respondent.close();

        assertThat(next(asking.ends, "the end")).contains("CANCELLED");
    }
}
