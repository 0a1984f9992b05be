package dev.weir.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.events.v1.FollowRequest;
import dev.weir.events.v1.FollowResponse;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.Write;
import dev.weir.log.sqlite.SqliteLogStore;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Service;
import dev.weir.policy.v1.GroupMember;
import dev.weir.server.ShardDirectory;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsServiceTest {
    private static final int HISTORY = 50;
    private static final int SECONDS = 20;

    @TempDir private Path directory;
    private SqliteLogStore logs;
    private final Map<String, Shard> shards = new TreeMap<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void open() throws Exception {
        logs = SqliteLogStore.open(directory);
        for (String name : List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY)) {
            ShardConfig config =
                    new ShardConfig(
                            "test",
                            ShardConfig.QUEUE,
                            ShardConfig.GROUP,
                            HISTORY,
                            ShardConfig.MAX_WAIT,
                            ShardConfig.CLOSE_WAIT);
            shards.put(name, Shard.open(name, logs.shard(name), config));
        }
        String name = InProcessServerBuilder.generateName();
        server =
                InProcessServerBuilder.forName(name)
                        .addService(new EventsService(new ShardDirectory(shards.values()), "weir"))
                        .build()
                        .start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    @AfterEach
    void close() throws Exception {
        channel.shutdownNow();
        server.shutdownNow();
        assertThat(server.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
        shards.values().forEach(Shard::close);
        logs.close();
    }

    /** One call. Takes what comes, or only what it asks for. */
    private final class Follower {
        private final BlockingQueue<FollowResponse> messages = new LinkedBlockingQueue<>();
        private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
        private final AtomicReference<ClientCallStreamObserver<FollowRequest>> call =
                new AtomicReference<>();

        Follower(FollowRequest.Builder request, boolean slow) {
            EventsGrpc.newStub(channel)
                    .follow(
                            request.build(),
                            new ClientResponseObserver<FollowRequest, FollowResponse>() {
                                @Override
                                public void beforeStart(
                                        ClientCallStreamObserver<FollowRequest> started) {
                                    call.set(started);
                                    if (slow) {
                                        started.disableAutoRequestWithInitial(0);
                                    }
                                }

                                @Override
                                public void onNext(FollowResponse message) {
                                    messages.add(message);
                                }

                                @Override
                                public void onError(Throwable thrown) {
                                    ended.complete(thrown);
                                }

                                @Override
                                public void onCompleted() {
                                    ended.complete(new AssertionError("events have no end"));
                                }
                            });
        }

        FollowResponse next() throws InterruptedException {
            FollowResponse message = messages.poll(SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing within " + SECONDS + " s; ended: " + ended);
            }
            return message;
        }

        /** The events up to the message that says that this has been reached. */
        List<CloudEvent> until(String shard, long revision) throws InterruptedException {
            List<CloudEvent> seen = new ArrayList<>();
            for (FollowResponse message = next(); ; message = next()) {
                if (message.hasChange()) {
                    seen.add(message.getChange());
                } else if (message.getReached().getRevisionsOrDefault(shard, 0) >= revision) {
                    return seen;
                }
            }
        }

        dev.weir.core.v1.Frontier reached() throws InterruptedException {
            FollowResponse message = next();
            while (!message.hasReached()) {
                message = next();
            }
            return message.getReached();
        }

        void fails(Code code, String words) throws Exception {
            Throwable thrown = ended.get(SECONDS, TimeUnit.SECONDS);
            assertThat(Status.fromThrowable(thrown).getCode()).isEqualTo(code);
            assertThat(thrown).hasMessageContaining(words);
        }
    }

    private Follower follow(FollowRequest.Builder request) {
        return new Follower(request, false);
    }

    private static FollowRequest.Builder all() {
        return FollowRequest.newBuilder();
    }

    private static String words(CloudEvent event) {
        return event.getType().substring(event.getType().lastIndexOf('.') + 1)
                + " "
                + event.getId();
    }

    private long put(Message object, String namespace, String name) {
        return write(Kinds.of(object).key(namespace, name), Optional.of(object));
    }

    private long remove(Key key) {
        return write(key, Optional.empty());
    }

    private long write(Key key, Optional<Message> value) {
        Shard shard = shards.get(Kinds.named(key.kind()).orElseThrow().shard());
        return shard.write(Write.of(pending -> new TreeMap<>(Map.of(key, value))))
                .join()
                .revision();
    }

    private static ObjectMeta named(String namespace, String name, String label) {
        return ObjectMeta.newBuilder()
                .setNamespace(namespace)
                .setName(name)
                .putLabels("is", label)
                .build();
    }

    private long service(String namespace, String name, String label) {
        return put(
                Service.newBuilder().setMetadata(named(namespace, name, label)).build(),
                namespace,
                name);
    }

    private long pod(String name) {
        return put(Pod.newBuilder().setMetadata(named("shop", name, "a")).build(), "shop", name);
    }

    @Test
    void whatThereIsComesFirstAndThenWhatHappensInAllShards() throws Exception {
        pod("a");
        service("shop", "web", "a");
        Follower follower = follow(all());

        List<CloudEvent> first = new ArrayList<>();
        for (FollowResponse message = follower.next();
                message.hasChange();
                message = follower.next()) {
            first.add(message.getChange());
        }
        long changed = service("shop", "web", "b");
        List<CloudEvent> then = follower.until(Shards.ENDPOINT, changed);
        long deleted = remove(Kinds.POD.key("shop", "a"));

        assertThat(first)
                .extracting(EventsServiceTest::words)
                .containsExactlyInAnyOrder(
                        "changed control:1:Pod/shop/a", "changed endpoint:1:Service/shop/web");
        assertThat(then)
                .extracting(EventsServiceTest::words)
                .containsExactly("changed endpoint:2:Service/shop/web");
        assertThat(then.getFirst().getData().unpack(Service.class).getMetadata().getLabelsMap())
                .containsEntry("is", "b");
        assertThat(follower.until(Shards.CONTROL, deleted))
                .extracting(EventsServiceTest::words)
                .containsExactly("deleted control:2:Pod/shop/a");
    }

    @Test
    void onlyTheKindsAndTheNamespaceThatWereAskedFor() throws Exception {
        pod("a");
        service("shop", "web", "a");
        service("other", "web", "a");
        put(Namespace.newBuilder().setMetadata(named("", "shop", "a")).build(), "", "shop");
        Follower follower = follow(all().addKinds("Service").setNamespace("shop"));

        assertThat(follower.until(Shards.ENDPOINT, 2))
                .extracting(EventsServiceTest::words)
                .containsExactly("changed endpoint:1:Service/shop/web");
        service("other", "web", "b");
        assertThat(follower.until(Shards.ENDPOINT, service("shop", "db", "a")))
                .extracting(EventsServiceTest::words)
                .containsExactly("changed endpoint:4:Service/shop/db");
    }

    @Test
    void changesOnlyLeaveOutWhatThereIs() throws Exception {
        service("shop", "web", "a");
        Follower follower = follow(all().setChangesOnly(true));
        assertThat(follower.until(Shards.ENDPOINT, 1)).isEmpty();

        assertThat(follower.until(Shards.ENDPOINT, service("shop", "web", "b"))).hasSize(1);
    }

    @Test
    void aCallGoesOnWhereAnotherOneStoodAndRepeatsTheSameEvents() throws Exception {
        service("shop", "web", "a");
        Follower first = follow(all());
        var stood = first.reached();
        service("shop", "db", "a");
        long last = remove(Kinds.SERVICE.key("shop", "web"));
        List<CloudEvent> seen = first.until(Shards.ENDPOINT, last);

        Follower second = follow(all().setResume(stood));

        assertThat(seen)
                .extracting(EventsServiceTest::words)
                .containsExactly(
                        "changed endpoint:2:Service/shop/db",
                        "deleted endpoint:3:Service/shop/web");
        assertThat(second.until(Shards.ENDPOINT, last)).containsExactlyElementsOf(seen);
    }

    @Test
    void internalKindsHaveNoEvents() throws Exception {
        Follower follower = follow(all());
        follower.reached();
        put(GroupMember.getDefaultInstance(), "", "m");
        long last =
                put(
                        dev.weir.policy.v1.NetworkPolicy.newBuilder()
                                .setMetadata(named("shop", "deny", "a"))
                                .build(),
                        "shop",
                        "deny");

        assertThat(follower.until(Shards.POLICY, last))
                .extracting(EventsServiceTest::words)
                .containsExactly("changed policy:2:NetworkPolicy/shop/deny");
        follow(all().addKinds("GroupMember")).fails(Code.INVALID_ARGUMENT, "GroupMember");
    }

    @Test
    void aPlaceThatIsNotKeptExpires() throws Exception {
        service("shop", "web", "a");
        var stood = follow(all()).reached();
        for (int i = 0; i < HISTORY + 5; i++) {
            service("shop", "web", "a" + i);
        }

        follow(all().setResume(stood)).fails(Code.OUT_OF_RANGE, "follow anew");
    }

    @Test
    void aPlaceInAnotherLogExpires() throws Exception {
        service("shop", "web", "a");
        var stood = follow(all()).reached().toBuilder().setLogId("elsewhere").build();

        follow(all().setResume(stood)).fails(Code.OUT_OF_RANGE, "elsewhere");
    }

    @Test
    void aSlowReaderGetsTheLastStateAndNotEveryStep() throws Exception {
        Follower follower = new Follower(all().addKinds("Service"), true);
        for (int i = 0; i < HISTORY - 5; i++) {
            service("shop", "web", "a" + i);
        }
        int held = follower.messages.size();

        follower.call.get().request(Integer.MAX_VALUE);
        List<CloudEvent> rest = follower.until(Shards.ENDPOINT, HISTORY - 5);

        assertThat(held).as("messages to a reader that asked for none").isZero();
        assertThat(rest).hasSizeLessThan(5);
        assertThat(rest.getLast().getRevision()).isEqualTo(HISTORY - 5);
    }

    @Test
    void aShardThatClosesEndsTheCall() throws Exception {
        Follower follower = follow(all());
        follower.reached();

        shards.get(Shards.ENDPOINT).close();

        follower.fails(Code.UNAVAILABLE, "closed");
    }
}
