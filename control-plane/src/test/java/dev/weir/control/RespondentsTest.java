package dev.weir.control;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.changes.Image;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RespondentsTest {
    private static final Duration ANSWER = Duration.ofMillis(300);
    private static final Duration CONNECT = Duration.ofMillis(300);

    private final Respondents first = new Respondents(ANSWER, CONNECT);
    private final List<Agent> agents = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private AgentsGrpc.AgentsStub stub;

    /** What an agent gets, and says. */
    private static final class Agent implements StreamObserver<AgentQuestion> {
        final BlockingQueue<AgentQuestion> questions = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> ended = new CompletableFuture<>();
        StreamObserver<AgentAnswer> out;

        @Override
        public void onNext(AgentQuestion question) {
            questions.add(question);
        }

        @Override
        public void onError(Throwable thrown) {
            ended.complete(Status.fromThrowable(thrown));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }

        AgentQuestion question() throws InterruptedException {
            AgentQuestion question = questions.poll(Cluster.SECONDS_TO_WAIT, SECONDS);
            assertThat(question).as("a question in time").isNotNull();
            return question;
        }

        Status end() throws Exception {
            return ended.get(Cluster.SECONDS_TO_WAIT, SECONDS);
        }

        void answer(AgentQuestion question, String reason) {
            out.onNext(
                    AgentAnswer.newBuilder()
                            .setId(question.getId())
                            .setWhy(WhyResponse.newBuilder().setReason(reason))
                            .build());
        }
    }

    /** Lets every agent in. */
    private record Gate(Respondents respondents) {
        AgentsGrpc.AgentsImplBase service() {
            return new AgentsGrpc.AgentsImplBase() {
                @Override
                public StreamObserver<AgentAnswer> answer(StreamObserver<AgentQuestion> out) {
                    return respondents.open(out);
                }
            };
        }
    }

    @BeforeEach
    void open() throws Exception {
        stub = serve(first);
    }

    private AgentsGrpc.AgentsStub serve(Respondents respondents) throws Exception {
        String name = InProcessServerBuilder.generateName();
        servers.add(
                InProcessServerBuilder.forName(name)
                        .addService(new Gate(respondents).service())
                        .build()
                        .start());
        channels.add(InProcessChannelBuilder.forName(name).build());
        return AgentsGrpc.newStub(channels.getLast());
    }

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
    }

    private Agent connect(AgentsGrpc.AgentsStub to, String node) {
        Agent agent = new Agent();
        agent.out = to.answer(agent);
        agent.out.onNext(AgentAnswer.newBuilder().setNodeName(node).build());
        agents.add(agent);
        return agent;
    }

    private static CompletableFuture<WhyResponse> ask(Respondents respondents, String source) {
        return async(
                () ->
                        respondents.why(
                                WhichNodeTest.CONTROL,
                                WhyRequest.newBuilder()
                                        .setSource(source)
                                        .setDestination("web")
                                        .build()));
    }

    private static <T> CompletableFuture<T> async(Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.startVirtualThread(
                () -> {
                    try {
                        result.complete(body.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    private static FailureException failure(CompletableFuture<?> answer) {
        ExecutionException thrown =
                catchThrowableOfType(
                        ExecutionException.class,
                        () -> answer.get(Cluster.SECONDS_TO_WAIT, SECONDS));
        assertThat(thrown).hasCauseInstanceOf(FailureException.class);
        return (FailureException) thrown.getCause();
    }

    @Test
    void theNodeIsAskedAndAnswers() throws Exception {
        Agent other = connect(stub, "n1");
        Agent agent = connect(stub, "n2");

        var answer = ask(first, "pod/b");
        AgentQuestion question = agent.question();
        agent.answer(question, "because");

        assertThat(question.getWhy().getSource()).isEqualTo("pod/b");
        assertThat(answer.get(Cluster.SECONDS_TO_WAIT, SECONDS).getReason()).isEqualTo("because");
        assertThat(other.questions).isEmpty();
    }

    @Test
    void ofAnyNodesTheFirstByNameIsAsked() throws Exception {
        connect(stub, "n2");
        Agent agent = connect(stub, "n1");
        // So that both are there.
        var known = ask(first, "node/n2");
        agents.getFirst().answer(agents.getFirst().question(), "n2");
        known.get(Cluster.SECONDS_TO_WAIT, SECONDS);

        var answer = ask(first, "external");
        agent.answer(agent.question(), "n1");

        assertThat(answer.get(Cluster.SECONDS_TO_WAIT, SECONDS).getReason()).isEqualTo("n1");
    }

    @Test
    void answersMayComeInAnyOrder() throws Exception {
        Agent agent = connect(stub, "n1");

        var one = ask(first, "pod/a");
        AgentQuestion earlier = agent.question();
        var two = ask(first, "node/n1");
        AgentQuestion later = agent.question();
        agent.answer(later, "two");
        agent.answer(earlier, "one");

        assertThat(earlier.getId()).isNotEqualTo(later.getId());
        assertThat(one.get(Cluster.SECONDS_TO_WAIT, SECONDS).getReason()).isEqualTo("one");
        assertThat(two.get(Cluster.SECONDS_TO_WAIT, SECONDS).getReason()).isEqualTo("two");
    }

    @ParameterizedTest
    @CsvSource({"'', BAD_REQUEST", "NotFound, NOT_FOUND", "Later, BAD_REQUEST"})
    void aQuestionThatIsRefusedSaysWhy(String word, Reason reason) throws Exception {
        Agent agent = connect(stub, "n1");

        var answer = ask(first, "pod/a");
        agent.out.onNext(
                AgentAnswer.newBuilder()
                        .setId(agent.question().getId())
                        .setRefused("web: not that port")
                        .setReason(word)
                        .build());

        assertThat(failure(answer).failure().reason()).isEqualTo(reason);
        assertThat(failure(answer)).hasMessageContaining("not that port");
    }

    @Test
    void whoDoesNotAnswerIsNamedAndHowLongItWas() throws Exception {
        Agent agent = connect(stub, "n1");

        var answer = ask(first, "pod/a");
        AgentQuestion question = agent.question();
        FailureException failed = failure(answer);
        agent.answer(question, "too late");

        assertThat(failed.failure().reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(failed).hasMessage("node \"n1\" has not answered within 0.3 s");
        var next = ask(first, "pod/a");
        agent.answer(agent.question(), "in time");
        assertThat(next.get(Cluster.SECONDS_TO_WAIT, SECONDS).getReason()).isEqualTo("in time");
    }

    @Test
    void whoIsNotConnectedIsNamed() {
        connect(stub, "n2");

        FailureException failed = failure(ask(first, "pod/a"));

        assertThat(failed.failure().reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failed)
                .hasMessage("the agent of node \"n1\" is not connected, so it cannot be asked");
    }

    @Test
    void nobodyConnectedIsSaid() {
        FailureException failed = failure(ask(first, "external"));

        assertThat(failed.failure().reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failed).hasMessage("no agent is connected, so it cannot be asked");
    }

    @Test
    void withoutNodesNobodyIsWaitedFor() {
        FailureException failed =
                catchThrowableOfType(
                        FailureException.class,
                        () ->
                                first.why(
                                        Image.empty("control"),
                                        WhyRequest.newBuilder().setSource("external").build()));

        assertThat(failed).hasMessageContaining("no node has joined");
    }

    @Test
    void aNodeThatLeavesWhileItIsAskedEndsTheWaitAtOnce() throws Exception {
        Respondents patient = new Respondents(Duration.ofMinutes(1), CONNECT);
        Agent agent = connect(serve(patient), "n1");

        var answer = ask(patient, "pod/a");
        agent.question();
        agent.out.onError(new StatusRuntimeException(Status.CANCELLED));
        FailureException failed = failure(answer);

        assertThat(failed.failure().reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failed).hasMessageContaining("node \"n1\" has gone while it was asked");
    }

    @Test
    void theCallThatANodeOpenedLastCounts() throws Exception {
        Agent former = connect(stub, "n1");
        var before = ask(first, "pod/a");
        former.answer(former.question(), "the former");
        before.get(Cluster.SECONDS_TO_WAIT, SECONDS);

        Agent latter = connect(stub, "n1");
        Status end = former.end();
        var answer = ask(first, "pod/a");
        latter.answer(latter.question(), "the latter");

        assertThat(end.getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(end.getDescription()).contains("newer");
        assertThat(answer.get(Cluster.SECONDS_TO_WAIT, SECONDS).getReason())
                .isEqualTo("the latter");
    }

    @Test
    void aQuestionWaitsForAnAgentThatComesBackToTheNextWriter() throws Exception {
        Respondents patient = new Respondents(Duration.ofMinutes(1), Duration.ofMinutes(1));
        Agent agent = connect(serve(patient), "n1");
        var asked = ask(patient, "pod/a");
        agent.question();
        Respondents next = new Respondents(Duration.ofMinutes(1), Duration.ofMinutes(1));
        var there = serve(next);

        patient.close();
        var again = ask(next, "pod/a");
        Status end = agent.end();
        Agent back = connect(there, "n1");
        back.answer(back.question(), "here");

        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure(asked).failure().reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(again.get(Cluster.SECONDS_TO_WAIT, SECONDS).getReason()).isEqualTo("here");
    }

    @Test
    void whoComesToAWriterThatLeavesIsSentAway() throws Exception {
        first.close();

        assertThat(connect(stub, "n1").end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure(ask(first, "pod/a"))).hasMessageContaining("stopping");
    }

    @Test
    void whoDoesNotSayItsNameIsRefused() throws Exception {
        assertThat(connect(stub, "").end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void oneNodeIsNotAskedWithoutEnd() throws Exception {
        Respondents patient = new Respondents(Duration.ofMinutes(1), CONNECT);
        Agent agent = connect(serve(patient), "n1");
        for (int i = 0; i < AnswerStream.UNANSWERED; i++) {
            ask(patient, "pod/a");
            agent.question();
        }

        assertThat(failure(ask(patient, "pod/a")).failure().reason()).isEqualTo(Reason.EXHAUSTED);
    }
}
