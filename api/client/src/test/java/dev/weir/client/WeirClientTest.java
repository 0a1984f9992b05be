package dev.weir.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.FollowRequest;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a server on a real socket. */
@Timeout(30)
class WeirClientTest {
    private static final Service WEB =
            Service.newBuilder()
                    .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("web"))
                    .setSpec(ServiceSpec.newBuilder().setType("ClusterIP"))
                    .build();

    @TempDir Path directory;
    private FakeServer server;
    private WeirClient client;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer(directory.resolve("s"));
        client = WeirClient.to(server.address());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void everyKindHasItsCalls() {
        for (var kind : Kinds.ALL) {
            if (!kind.internal()) {
                assertThat(client.list(kind, "", "").items()).as(kind.name()).isEmpty();
            }
        }
    }

    @Test
    void anUpdateTakesTheNamedFieldsAndSaysWhetherAnythingChanged() {
        Written created = client.create(WEB, WriteOptions.NONE);
        Service labelled =
                WEB.toBuilder()
                        .setMetadata(WEB.getMetadata().toBuilder().putLabels("a", "b"))
                        .clearSpec()
                        .build();

        Written updated = client.update(labelled, List.of("metadata.labels"), WriteOptions.NONE);

        assertThat(created.changed()).isTrue();
        assertThat(updated.changed()).isTrue();
        assertThat(((Service) updated.object()).getSpec()).isEqualTo(WEB.getSpec());
        assertThat(client.update(labelled, List.of("metadata.labels"), WriteOptions.NONE).changed())
                .isFalse();
    }

    @Test
    void aRefusalKeepsItsReasonAndItsWords() {
        assertThatThrownBy(() -> client.get(Kinds.SERVICE, "default", "web"))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        e -> {
                            assertThat(e.failure().reason()).isEqualTo(Failure.Reason.NOT_FOUND);
                            assertThat(e.failure().message())
                                    .isEqualTo("services \"web\" not found");
                        });
    }

    @Test
    void aWatchTellsWhatIsThereAndThenWhatHappens() {
        server.put(WEB);
        try (Watch<WatchEvent> watch = client.watch(Kinds.SERVICE, "", "")) {
            assertThat(watch.next()).isInstanceOf(WatchEvent.Put.class);
            assertThat(watch.next()).isEqualTo(new WatchEvent.Bookmark(1, FakeServer.LOG_ID, true));

            server.remove(Kinds.SERVICE.key("default", "web"));

            assertThat(watch.next())
                    .isEqualTo(new WatchEvent.Remove(Kinds.SERVICE.key("default", "web"), 2));
        }
    }

    @Test
    void closingAWatchEndsTheIteration() throws Exception {
        try (Watch<WatchEvent> watch = client.watch(Kinds.SERVICE, "", "");
                var executor = Executors.newSingleThreadScheduledExecutor()) {
            watch.next();
            executor.schedule(watch::close, 50, TimeUnit.MILLISECONDS);

            assertThat(watch.hasNext()).isFalse();
        }
    }

    @Test
    void nobodyAtTheAddressIsToldAsKubectlDoes() {
        var nobody = new ServerAddress.Unix(directory.resolve("nobody"));
        try (WeirClient other = WeirClient.to(nobody)) {
            assertThatThrownBy(() -> other.get(Kinds.SERVICE, "default", "web"))
                    .isInstanceOf(ServerUnreachableException.class)
                    .hasMessageStartingWith(
                            "The connection to the server " + nobody + " was refused");
        }
    }

    @Test
    void aFeedGivesUpAfterSoManyCallsThatBringNothing() throws Exception {
        List<Integer> broken = new CopyOnWriteArrayList<>();
        CountDownLatch taken = new CountDownLatch(1);
        EventFeed feed =
                new EventFeed(
                        client,
                        FollowRequest.getDefaultInstance(),
                        new EventFeed.Listener() {
                            @Override
                            public void event(CloudEvent event) {
                                taken.countDown();
                            }

                            @Override
                            public void broken(Throwable why, int tries) {
                                broken.add(tries);
                            }

                            @Override
                            public void missed(Throwable why) {}
                        },
                        2);
        var ended = CompletableFuture.runAsync(() -> runs(feed));
        FakeEvents.Call call = server.events.next();
        call.reached(1);
        call.send(CloudEvent.getDefaultInstance());
        assertThat(taken.await(20, TimeUnit.SECONDS)).isTrue();

        server.close();

        assertThatThrownBy(() -> ended.get(20, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(ServerUnreachableException.class);
        assertThat(broken).containsExactly(1, 2);
    }

    private static void runs(EventFeed feed) {
        try {
            feed.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
