package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.weir.changes.Change;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.control.AgentsService;
import dev.weir.control.NodeRegistry;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ObjectChange;
import dev.weir.server.ShardDirectory;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the service of the control plane, over its socket. */
class StreamChangeSourceTest {
    private static final int SECONDS = 20;

    @TempDir private Path directory;
    private final BlockingQueue<ShardUpdate> updates = new LinkedBlockingQueue<>();
    private Shard control;
    private SocketServer server;
    private StreamChangeSource source;

    @BeforeEach
    void open() throws Exception {
        control = shard("log-1");
        server = SocketServer.start(directory.resolve("weir.sock"), agents(control));
        source = new StreamChangeSource("n1", server.channel());
    }

    @AfterEach
    void close() throws Exception {
        source.close();
        server.close();
        control.close();
    }

    private static Shard shard(String logId) {
        return Shard.open("control", new SimulatedLog.Disk(logId).open(), ShardConfig.of("test"));
    }

    private static AgentsService agents(Shard control) {
        NodeRegistry registry = new NodeRegistry(Duration.ofMinutes(1));
        return new AgentsService(new ShardDirectory(List.of(control)), registry, registry);
    }

    private long write(String name, String value) {
        return control.write(Namespaces.put(name, value)).join().revision();
    }

    private void start() {
        source.start(List.of("control"), Frontier.EMPTY, updates::add);
    }

    private ShardUpdate next() throws InterruptedException {
        ShardUpdate update = updates.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(update).as("an update within " + SECONDS + " s").isNotNull();
        return update;
    }

    private Image nextSnapshot() throws InterruptedException {
        return switch (next()) {
            case ShardUpdate.Snapshot(var image) -> image;
            case ShardUpdate.Changes changes -> throw new AssertionError("not whole: " + changes);
        };
    }

    /** The image after changes up to this revision. */
    private Image followed(Image image, long revision) throws InterruptedException {
        Image now = image;
        do {
            now =
                    switch (next()) {
                        case ShardUpdate.Snapshot snapshot ->
                                throw new AssertionError("started anew: " + snapshot);
                        case ShardUpdate.Changes(var delta) -> now.apply(delta);
                    };
        } while (now.revision() < revision);
        return now;
    }

    private void awaitConnected(boolean connected) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (source.connected() != connected) {
            assertThat(System.nanoTime())
                    .as("deadline for connected=" + connected)
                    .isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void theWholeStateComesFirst() throws Exception {
        write("a", "1");
        write("b", "1");

        start();

        assertThat(nextSnapshot()).isEqualTo(control.image());
        awaitConnected(true);
    }

    @Test
    void partsOfASnapshotAreOneUpdate() throws Exception {
        var all = Namespaces.put("n", "1");
        for (int i = 0; i < 1_234; i++) {
            all = all.and("n" + i, "1");
        }
        control.write(all).join();

        start();

        assertThat(nextSnapshot()).isEqualTo(control.image());
    }

    @Test
    void changesFollow() throws Exception {
        start();
        Image image = nextSnapshot();

        write("a", "1");
        write("b", "1");
        control.write(Namespaces.remove("a")).join();
        long last = write("b", "2");

        assertThat(followed(image, last)).isEqualTo(control.image());
    }

    @Test
    void afterAnInterruptionItGoesOnWhereItWas() throws Exception {
        write("a", "1");
        start();
        Image image = nextSnapshot();
        awaitConnected(true);

        server.stop();
        awaitConnected(false);
        long last = write("b", "1");
        server.serve(List.of(agents(control)));

        assertThat(followed(image, last)).isEqualTo(control.image());
        awaitConnected(true);
    }

    @Test
    void beingUpToDateIsToldAfterAnInterruptionWithoutChanges() throws Exception {
        write("a", "1");
        start();
        Image image = nextSnapshot();

        server.stop();
        server.serve(List.of(agents(control)));

        assertThat(followed(image, image.revision())).isEqualTo(image);
        awaitConnected(true);
    }

    @Test
    void anotherLogIsReadFromTheStart() throws Exception {
        write("a", "1");
        start();
        nextSnapshot();
        server.stop();
        control.close();

        control = shard("log-2");
        write("b", "1");
        write("c", "1");
        server.serve(List.of(agents(control)));

        Image image = nextSnapshot();
        assertThat(image).isEqualTo(control.image());
        assertThat(image.logId()).isEqualTo("log-2");
    }

    @Test
    void itWaitsForAServerThatIsYetToStart() throws Exception {
        server.stop();
        start();
        Thread.sleep(200);
        assertThat(source.connected()).isFalse();

        server.serve(List.of(agents(control)));

        assertThat(nextSnapshot()).isEqualTo(control.image());
    }

    /** Sends one good change, and then one that no agent can read. */
    private static final class Garbled extends AgentsGrpc.AgentsImplBase {
        private final ObjectChange broken;
        private final BlockingQueue<FollowRequest> requests = new LinkedBlockingQueue<>();
        private final AtomicInteger open = new AtomicInteger();

        Garbled(ObjectChange broken) {
            this.broken = broken;
        }

        @Override
        public void follow(FollowRequest request, StreamObserver<FollowResponse> out) {
            requests.add(request);
            open.incrementAndGet();
            var call = (ServerCallStreamObserver<FollowResponse>) out;
            call.setOnCancelHandler(open::decrementAndGet);
            FollowResponse.Builder message =
                    FollowResponse.newBuilder().setShard("control").setLogId("log-1");
            if (request.getResume().getRevisionsCount() == 0) {
                out.onNext(message.setRevision(1).setSnapshot(true).build());
            }
            out.onNext(message.setRevision(2).setSnapshot(false).addChanges(broken).build());
            // Stays open, as a stream does.
        }
    }

    private void staysAtItsLastGoodState(ObjectChange broken) throws Exception {
        server.stop();
        Garbled garbled = new Garbled(broken);
        server.serve(List.of(garbled));
        start();

        assertThat(nextSnapshot().revision()).isEqualTo(1);
        garbled.requests.poll(SECONDS, TimeUnit.SECONDS);
        FollowRequest retry = garbled.requests.poll(SECONDS, TimeUnit.SECONDS);
        FollowRequest again = garbled.requests.poll(SECONDS, TimeUnit.SECONDS);

        assertThat(retry).as("tried again").isNotNull();
        assertThat(retry.getResume().getRevisionsMap()).containsEntry("control", 1L);
        assertThat(again).as("and again").isNotNull();
        assertThat(updates).isEmpty();
        assertThat(garbled.open.get()).as("streams open at the server").isLessThanOrEqualTo(1);
    }

    @Test
    void bytesThatCannotBeReadChangeNothing() throws Exception {
        staysAtItsLastGoodState(
                ObjectChange.newBuilder()
                        .setKey(Kinds.NAMESPACE.key("", "a").toProto())
                        .setRevision(2)
                        .setPut(Any.newBuilder().setValue(ByteString.copyFromUtf8("\u0007\u0007")))
                        .build());
    }

    @Test
    void aKindOfALaterVersionChangesNothing() throws Exception {
        staysAtItsLastGoodState(
                ObjectChange.newBuilder()
                        .setKey(new dev.weir.model.Key("Gateway", "shop", "a").toProto())
                        .setRevision(2)
                        .setPut(Any.getDefaultInstance())
                        .build());
    }

    @Test
    void aConsumerThatTakesItsTimeGetsTheLastState() throws Exception {
        source.start(
                List.of("control"),
                Frontier.EMPTY,
                update -> {
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    updates.add(update);
                });
        Image image = nextSnapshot();

        long last = 0;
        for (int i = 0; i < 100; i++) {
            last = write("a", "v" + i);
        }
        Image now = followed(image, last);

        assertThat(now).isEqualTo(control.image());
        assertThat(now.get(Namespaces.key("a"))).isPresent();
        assertThat(new Change.Put(now.get(Namespaces.key("a")).orElseThrow().value(), last))
                .isEqualTo(new Change.Put(Namespaces.object("a", "v99"), last));
    }
}
