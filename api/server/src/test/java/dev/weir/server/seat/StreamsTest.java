package dev.weir.server.seat;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.WatchPodsResponse;
import dev.weir.core.v1.WatchRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams through the doors of two processes; a writes. */
class StreamsTest {
    private Place place;

    @BeforeEach
    void open() throws Exception {
        place = new Place();
        Instance a = place.instance("a");
        place.instance("b");
        place.ballot.elect("a");
        a.awaitState(Seat.State.Serving.class);
    }

    @AfterEach
    void close() {
        place.close();
    }

    /** What comes of one call. */
    private static final class Heard<T> extends ClientCall.Listener<T>
            implements StreamObserver<T> {
        final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> ended = new CompletableFuture<>();

        @Override
        public void onMessage(T message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
        }

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable thrown) {
            ended.complete(Status.fromThrowable(thrown));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }

        T next() throws InterruptedException {
            T message = messages.poll(Instance.DEADLINE_SECONDS, SECONDS);
            assertThat(message).as("a message in time").isNotNull();
            return message;
        }

        Status end() throws Exception {
            return ended.get(Instance.DEADLINE_SECONDS, SECONDS);
        }
    }

    private ClientCall<GetRequest, GetRequest> count(
            String at, String name, Heard<GetRequest> heard, CallOptions options) {
        var call = place.find(at).channel.newCall(Streams.COUNT, options);
        call.start(heard, new Metadata());
        call.sendMessage(Streams.message(name));
        call.halfClose();
        return call;
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void aClientThatTakesLittleHoldsTheServerBack(String at) throws Exception {
        Heard<GetRequest> heard = new Heard<>();
        String name = "slow at " + at;
        var call = count(at, name, heard, CallOptions.DEFAULT);

        for (int i = 1; i <= 20; i++) {
            call.request(1);
            assertThat(heard.next().getName()).isEqualTo(Integer.toString(i));
        }
        // Time for a server that is not held back to run away.
        Thread.sleep(100);

        // Each hop may hold a few. A server that is not held back sends thousands in that time.
        assertThat(Streams.COUNTED.get(name).sent.get()).isBetween(20, 100);
        assertThat(heard.messages).isEmpty();
        call.cancel("enough", null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void theWriterHearsThatTheClientHasGone(String at) throws Exception {
        Heard<GetRequest> heard = new Heard<>();
        String name = "cancelled at " + at;
        var call = count(at, name, heard, CallOptions.DEFAULT);
        call.request(1);
        heard.next();

        call.cancel("enough", null);

        assertThat(Streams.COUNTED.get(name).cancelled.get(Instance.DEADLINE_SECONDS, SECONDS))
                .isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void theWriterKnowsTheDeadlineOfTheClient(String at) throws Exception {
        Heard<GetRequest> heard = new Heard<>();
        String name = "deadline at " + at;
        var call = count(at, name, heard, CallOptions.DEFAULT.withDeadlineAfter(100, SECONDS));
        call.request(1);
        heard.next();

        Optional<Long> left =
                Streams.COUNTED.get(name).secondsLeft.get(Instance.DEADLINE_SECONDS, SECONDS);

        assertThat(left).hasValueSatisfying(seconds -> assertThat(seconds).isBetween(50L, 100L));
        call.cancel("enough", null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void aStreamOfRequestsHasOneAnswer(String at) throws Exception {
        Heard<GetRequest> heard = new Heard<>();
        StreamObserver<GetRequest> requests =
                ClientCalls.asyncClientStreamingCall(
                        place.find(at).channel.newCall(Streams.SUM, CallOptions.DEFAULT), heard);

        for (int i = 0; i < 100; i++) {
            requests.onNext(Streams.message("one of many"));
        }
        requests.onCompleted();

        assertThat(heard.next().getName()).isEqualTo("100");
        assertThat(heard.end().isOk()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void bothSidesMaySpeak(String at) throws Exception {
        Heard<GetRequest> heard = new Heard<>();
        StreamObserver<GetRequest> requests =
                ClientCalls.asyncBidiStreamingCall(
                        place.find(at).channel.newCall(Streams.ECHO, CallOptions.DEFAULT), heard);

        for (String word : List.of("to", "be", "or", "not")) {
            requests.onNext(Streams.message(word));
            assertThat(heard.next().getName()).isEqualTo("a:" + word);
        }
        requests.onCompleted();

        assertThat(heard.end().isOk()).isTrue();
    }

    private Heard<WatchPodsResponse> watch(String at) throws InterruptedException {
        Heard<WatchPodsResponse> heard = new Heard<>();
        PodsGrpc.newStub(place.find(at).channel).watch(WatchRequest.getDefaultInstance(), heard);
        assertThat(heard.next().getBookmark().getInSync()).isTrue();
        return heard;
    }

    @Test
    void theWatchesAtADismissedWriterEnd() throws Exception {
        Heard<WatchPodsResponse> here = watch("a");
        Heard<WatchPodsResponse> forwarded = watch("b");

        place.ballot.elect("b");

        assertThat(here.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(forwarded.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    /** The former writer has not noticed, but those who sent it the watch have. */
    @Test
    void aWatchAtAWriterThatWasDeposedUnawaresEnds() throws Exception {
        Instance c = place.instance("c");
        Heard<WatchPodsResponse> forwarded = watch("b");

        place.ballot.electBehindTheBackOfTheOther("c");
        c.awaitState(Seat.State.Serving.class);

        Status end = forwarded.end();
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(end.getDescription()).contains("resume");
        watch("b");
    }

    @Test
    void aWatchThatIsOpenedBetweenTwoWritersWaits() throws Exception {
        place.ballot.dismiss();
        place.find("a").awaitState(Seat.State.Standby.class);
        Heard<WatchPodsResponse> heard = new Heard<>();
        PodsGrpc.newStub(place.find("a").channel).watch(WatchRequest.getDefaultInstance(), heard);

        place.ballot.elect("b");

        assertThat(heard.next().getBookmark().getInSync()).isTrue();
    }
}
