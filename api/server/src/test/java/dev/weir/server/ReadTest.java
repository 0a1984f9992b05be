package dev.weir.server;

import static dev.weir.server.PodServer.info;
import static dev.weir.server.PodServer.labelled;
import static dev.weir.server.PodServer.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.ListPodsResponse;
import dev.weir.core.v1.ListRequest;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodResponse;
import dev.weir.log.ShardConfig;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadTest {
    @TempDir private Path directory;
    private PodServer server;

    @BeforeEach
    void open() throws Exception {
        server = PodServer.open(directory, ShardConfig.HISTORY);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private ListPodsResponse list(ListRequest.Builder request) {
        return server.pods().list(request.build());
    }

    private StatusRuntimeException refused(ListRequest.Builder request) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> list(request));
    }

    private static ListRequest.Builder page(int size) {
        return ListRequest.newBuilder().setPageSize(size);
    }

    private static List<String> names(List<Pod> pods) {
        return pods.stream()
                .map(pod -> pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName())
                .toList();
    }

    @Test
    void getGivesTheObjectAndWhereItWasWritten() {
        PodResponse created = server.create(pod("shop", "a"));
        server.create(pod("shop", "b"));

        PodResponse got =
                server.pods()
                        .get(GetRequest.newBuilder().setNamespace("shop").setName("a").build());

        assertThat(got).isEqualTo(created);
        assertThat(got.getCommit().getShard()).isEqualTo("control");
        assertThat(got.getCommit().getLogId()).isEqualTo(server.control.image().logId());
        assertThat(got.getObject().getMetadata().getResourceVersion())
                .isEqualTo(Long.toString(got.getCommit().getRevision()));
    }

    @Test
    void getOfWhatIsNotThereIsNotFound() {
        var error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                server.pods()
                                        .get(
                                                GetRequest.newBuilder()
                                                        .setNamespace("shop")
                                                        .setName("none")
                                                        .build()));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(error.getStatus().getDescription()).isEqualTo("pods \"none\" not found");
        assertThat(info(error).getReason()).isEqualTo("NotFound");
        assertThat(info(error).getDomain()).isEqualTo("weir.dev");
        assertThat(info(error).getMetadataMap()).containsEntry("name", "none");
    }

    @Test
    void allPagesShowTheRevisionOfTheFirstWhileWritesGoOn() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            expected.add("shop/p" + (100 + i));
            server.create(pod("shop", "p" + (100 + i)));
        }
        long revision = server.control.image().revision();

        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            ListPodsResponse page = list(page(10).setPageToken(token));
            seen.addAll(names(page.getItemsList()));
            assertThat(page.getRevision()).isEqualTo(revision);
            assertThat(page.getItemsCount()).isLessThanOrEqualTo(10);
            token = page.getNextPageToken();
            server.create(pod("shop", "q" + seen.size()));
            server.delete("shop", "p" + (125 - seen.size() / 5));
        } while (!token.isEmpty());

        assertThat(seen).isEqualTo(expected);
        assertThat(list(page(100)).getItemsCount()).isEqualTo(25);
    }

    @Test
    void aListingIsOfOneNamespaceOrAll() {
        server.create(pod("shop", "a"));
        server.create(pod("shop-2", "b"));
        server.create(pod("sho", "c"));

        assertThat(names(list(page(0).setNamespace("shop")).getItemsList()))
                .containsExactly("shop/a");
        assertThat(names(list(page(0)).getItemsList()))
                .containsExactly("sho/c", "shop/a", "shop-2/b");
        assertThat(list(page(0).setNamespace("none")).getItemsList()).isEmpty();
    }

    @Test
    void aListingOfNoObjectsStillTellsItsRevision() {
        server.create(pod("shop", "a"));
        long revision = server.delete("shop", "a");

        ListPodsResponse empty = list(page(0));

        assertThat(empty.getItemsList()).isEmpty();
        assertThat(empty.getRevision()).isEqualTo(revision);
        assertThat(empty.getLogId()).isEqualTo(server.control.image().logId());
        assertThat(empty.getNextPageToken()).isEmpty();
    }

    @Test
    void pagesOfASelectionAreFull() {
        IntStream.range(0, 30)
                .forEach(
                        i ->
                                server.create(
                                        labelled(
                                                pod("shop", "p" + (100 + i)),
                                                "app",
                                                i % 3 == 0 ? "web" : "db")));

        ListPodsResponse first = list(page(6).setLabelSelector("app in (web)"));
        ListPodsResponse second =
                list(
                        page(6).setLabelSelector("app in (web)")
                                .setPageToken(first.getNextPageToken()));

        assertThat(first.getItemsCount()).isEqualTo(6);
        assertThat(second.getItemsCount()).isEqualTo(4);
        assertThat(second.getNextPageToken()).isEmpty();
    }

    @Test
    void aPageThatEndsTheListingHasNoToken() {
        IntStream.range(0, 10).forEach(i -> server.create(pod("shop", "p" + i)));

        assertThat(list(page(10)).getNextPageToken()).isEmpty();
        assertThat(list(page(9)).getNextPageToken()).isNotEmpty();
    }

    @Test
    void aSelectorThatIsNoneIsRefused() {
        StatusRuntimeException error = refused(page(0).setLabelSelector("app in ("));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(info(error).getReason()).isEqualTo("BadRequest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "???", "MTIz", "Zm9vIGJhcg", "4oKs"})
    void aTokenThatNoServerMadeIsRefused(String token) {
        StatusRuntimeException error = refused(page(1).setPageToken(token));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription()).contains("page_token");
        assertThat(info(error).getReason()).isEqualTo("BadRequest");
    }

    @Test
    void aTokenOfAnotherServerIsRefusedThoughTheRevisionIsTheSame(@TempDir Path elsewhere)
            throws Exception {
        String token;
        try (PodServer other = PodServer.open(elsewhere, ShardConfig.HISTORY)) {
            for (String name : List.of("a", "b")) {
                server.create(pod("shop", name));
                other.create(pod("shop", name));
            }
            token = other.pods().list(page(1).build()).getNextPageToken();
        }
        list(page(1)); // Keeps an image of this revision here.

        StatusRuntimeException error = refused(page(1).setPageToken(token));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void aTokenOfAnotherKindOrNamespaceIsRefused() {
        server.create(pod("a", "a"));
        server.create(pod("b", "b"));
        server.create(pod("b", "c"));
        String token = list(page(1).setNamespace("b")).getNextPageToken();
        String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        String forged =
                Base64.getUrlEncoder()
                        .encodeToString(
                                text.replace("Pod/", "Zone/").getBytes(StandardCharsets.UTF_8));

        assertThat(refused(page(1).setPageToken(forged)).getStatus().getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused(page(1).setNamespace("a").setPageToken(token)).getStatus().getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void aListingThatIsNoLongerKeptExpires() {
        server.create(pod("shop", "a"));
        server.create(pod("shop", "b"));
        String first = list(page(1)).getNextPageToken();
        for (int i = 0; i < Listings.KEPT_IMAGES; i++) {
            server.create(pod("shop", "c" + i));
            list(page(1));
        }

        StatusRuntimeException error = refused(page(1).setPageToken(first));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(error.getStatus().getDescription()).contains("start it again");
        assertThat(info(error).getReason()).isEqualTo("Expired");
    }
}
