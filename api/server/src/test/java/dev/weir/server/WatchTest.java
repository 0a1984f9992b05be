package dev.weir.server;

import static dev.weir.server.PodServer.info;
import static dev.weir.server.PodServer.labelled;
import static dev.weir.server.PodServer.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.UpdatePodRequest;
import dev.weir.core.v1.WatchPodsResponse;
import dev.weir.core.v1.WatchRequest;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
    private static final int HISTORY = 50;
    private static final int SECONDS = 20;

    @TempDir private Path directory;
    private PodServer server;

    @BeforeEach
    void open() throws Exception {
        server = PodServer.open(directory, HISTORY);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    /** One watch. Takes what comes, or only what it asks for. */
    private final class Watcher {
        private final BlockingQueue<WatchPodsResponse> events = new LinkedBlockingQueue<>();
        private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
        private final AtomicReference<ClientCallStreamObserver<WatchRequest>> call =
                new AtomicReference<>();

        Watcher(WatchRequest.Builder request, boolean slow) {
            PodsGrpc.newStub(server.channel)
                    .watch(
                            request.build(),
                            new ClientResponseObserver<WatchRequest, WatchPodsResponse>() {
                                @Override
                                public void beforeStart(
                                        ClientCallStreamObserver<WatchRequest> started) {
                                    call.set(started);
                                    if (slow) {
                                        started.disableAutoRequestWithInitial(1);
                                    }
                                }

                                @Override
                                public void onNext(WatchPodsResponse event) {
                                    events.add(event);
                                }

                                @Override
                                public void onError(Throwable thrown) {
                                    ended.complete(thrown);
                                }

                                @Override
                                public void onCompleted() {
                                    ended.complete(new AssertionError("a watch has no end"));
                                }
                            });
        }

        WatchPodsResponse next() throws InterruptedException {
            WatchPodsResponse event = events.poll(SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event within " + SECONDS + " s; ended: " + ended);
            }
            return event;
        }

        /** Everything up to the bookmark of this revision, which is left out. */
        List<String> until(long revision) throws InterruptedException {
            List<String> seen = new ArrayList<>();
            for (WatchPodsResponse event = next();
                    !event.hasBookmark() || event.getBookmark().getRevision() < revision;
                    event = next()) {
                if (!event.hasBookmark()) {
                    seen.add(words(event));
                }
            }
            return seen;
        }

        Throwable failure() throws Exception {
            return ended.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    private static String words(WatchPodsResponse event) {
        return switch (event.getChangeCase()) {
            case PUT ->
                    "put "
                            + event.getPut().getMetadata().getName()
                            + " "
                            + event.getPut().getSpec().getHostname();
            case REMOVE -> "remove " + event.getRemove().getName();
            case BOOKMARK -> "bookmark " + event.getBookmark().getRevision();
            case CHANGE_NOT_SET -> "nothing";
        };
    }

    private Watcher watch(WatchRequest.Builder request) {
        return new Watcher(request, false);
    }

    private static WatchRequest.Builder shop() {
        return WatchRequest.newBuilder().setNamespace("shop");
    }

    private long hostname(String name, String hostname) {
        Pod.Builder pod = pod("shop", name).toBuilder();
        pod.getSpecBuilder().setHostname(hostname);
        return server.pods()
                .update(UpdatePodRequest.newBuilder().setObject(pod).build())
                .getCommit()
                .getRevision();
    }

    private long label(String name, String value) {
        return server.pods()
                .update(
                        UpdatePodRequest.newBuilder()
                                .setObject(labelled(pod("shop", name), "app", value))
                                .build())
                .getCommit()
                .getRevision();
    }

    @Test
    void thePresentStateComesFirstAndThenWhatHappens() throws Exception {
        server.create(pod("shop", "a"));
        server.create(pod("shop", "b"));
        server.create(pod("other", "c"));

        Watcher watcher = watch(shop());

        assertThat(words(watcher.next())).isEqualTo("put a first");
        WatchPodsResponse second = watcher.next();
        assertThat(words(second)).isEqualTo("put b first");
        assertThat(second.getRevision()).isEqualTo(2);
        WatchPodsResponse bookmark = watcher.next();
        assertThat(bookmark.getBookmark().getInSync()).isTrue();
        assertThat(bookmark.getBookmark().getRevision()).isEqualTo(3);
        assertThat(bookmark.getBookmark().getLogId()).isEqualTo(server.control.image().logId());

        hostname("a", "h");
        server.delete("shop", "b");
        server.create(pod("other", "d"));
        long last = server.create(pod("shop", "e")).getCommit().getRevision();

        assertThat(watcher.until(last)).containsExactly("put a h", "remove b", "put e first");
    }

    @Test
    void anEmptyShardIsInSyncAtOnce() throws Exception {
        Watcher watcher = watch(WatchRequest.newBuilder());

        WatchPodsResponse first = watcher.next();
        server.create(pod("shop", "a"));

        assertThat(first.getBookmark().getInSync()).isTrue();
        assertThat(watcher.until(1)).containsExactly("put a first");
    }

    @Test
    void allNamespacesAreWatchedWithoutOne() throws Exception {
        server.create(pod("shop", "a"));
        server.create(pod("other", "b"));

        Watcher watcher = watch(WatchRequest.newBuilder());

        assertThat(watcher.until(2)).containsExactly("put b first", "put a first");
    }

    @Test
    void whatLeavesTheSelectionIsRemoved() throws Exception {
        server.create(labelled(pod("shop", "a"), "app", "web"));
        server.create(labelled(pod("shop", "b"), "app", "db"));
        Watcher watcher = watch(shop().setLabelSelector("app=web"));
        assertThat(watcher.until(2)).containsExactly("put a first");

        assertThat(watcher.until(label("a", "db"))).containsExactly("remove a");
        assertThat(watcher.until(label("b", "web"))).containsExactly("put b first");
    }

    @Test
    void aWatchResumesWhereItWas() throws Exception {
        server.create(pod("shop", "a"));
        server.create(pod("shop", "b"));
        hostname("a", "h");
        long last = server.delete("shop", "b");

        Watcher watcher =
                watch(shop().setResumeRevision(2).setLogId(server.control.image().logId()));

        assertThat(watcher.until(last)).containsExactly("put a h", "remove b");
        assertThat(watcher.until(hostname("a", "i"))).containsExactly("put a i");
    }

    @Test
    void aWatchThatIsUpToDateSeesWhatComesNext() throws Exception {
        long revision = server.create(pod("shop", "a")).getCommit().getRevision();

        Watcher watcher = watch(shop().setResumeRevision(revision));

        assertThat(watcher.until(hostname("a", "h"))).containsExactly("put a h");
    }

    private void expires(WatchRequest.Builder request) throws Exception {
        Throwable thrown = watch(request).failure();

        assertThat(Status.fromThrowable(thrown).getCode()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(info((io.grpc.StatusRuntimeException) thrown).getReason()).isEqualTo("Expired");
        assertThat(thrown).hasMessageContaining("list again");
    }

    @Test
    void aRevisionThatIsNoLongerKeptExpires() throws Exception {
        server.create(pod("shop", "a"));
        for (int i = 0; i < HISTORY + 5; i++) {
            hostname("a", "h" + i);
        }

        expires(shop().setResumeRevision(2));
    }

    @Test
    void aRevisionOfAnotherLogExpires() throws Exception {
        server.create(pod("shop", "a"));

        expires(shop().setResumeRevision(1).setLogId("elsewhere"));
    }

    @Test
    void aRevisionThatIsYetToComeExpires() throws Exception {
        server.create(pod("shop", "a"));

        expires(shop().setResumeRevision(9));
    }

    @Test
    void aSelectorThatIsNoneIsRefused() throws Exception {
        Throwable thrown = watch(shop().setLabelSelector("a==,")).failure();

        assertThat(Status.fromThrowable(thrown).getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void aSlowWatcherGetsTheLastStateAndNotEveryStep() throws Exception {
        server.create(pod("shop", "a"));
        Watcher watcher = new Watcher(shop(), true);
        assertThat(words(watcher.next())).isEqualTo("put a first");

        long last = 0;
        for (int i = 0; i < HISTORY - 5; i++) {
            last = hostname("a", "h" + i);
        }
        Thread.sleep(100);
        int held = watcher.events.size();
        watcher.call.get().request(Integer.MAX_VALUE);
        List<String> rest = watcher.until(last);

        assertThat(held).as("events sent to a watcher that asked for none").isZero();
        assertThat(rest).hasSizeLessThan(5).endsWith("put a h" + (HISTORY - 6));
    }

    @Test
    void aWatcherThatIsTooSlowIsToldToStartAgain() throws Exception {
        server.create(pod("shop", "a"));
        Watcher watcher = new Watcher(shop(), true);
        watcher.next();

        for (int i = 0; i < 3 * HISTORY; i++) {
            hostname("a", "h" + i);
        }
        watcher.call.get().request(Integer.MAX_VALUE);

        assertThat(Status.fromThrowable(watcher.failure()).getCode()).isEqualTo(Code.OUT_OF_RANGE);
    }

    @Test
    void aWatchEndsWhenTheShardIsClosed() throws Exception {
        Watcher watcher = watch(shop());
        watcher.next();

        server.control.close();

        assertThat(Status.fromThrowable(watcher.failure()).getCode()).isEqualTo(Code.UNAVAILABLE);
    }
}
