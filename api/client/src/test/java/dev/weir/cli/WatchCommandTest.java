package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.weir.client.EventFeed;
import dev.weir.client.FakeEvents;
import dev.weir.client.FakeServer;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.FollowRequest;
import dev.weir.net.v1.Service;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole command, as typed, against a server on a real socket. */
@Timeout(60)
class WatchCommandTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration WAIT = Duration.ofSeconds(20);

    @TempDir Path directory;
    private FakeServer server;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer(directory.resolve("s"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CompletableFuture<Integer> run(String... args) {
        Session session =
                CommandLineEnd.session(server, Clock.fixed(NOW, ZoneOffset.UTC), "", out, err);
        return CompletableFuture.supplyAsync(() -> Commands.run(session, args));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private static void await(ByteArrayOutputStream stream, String words) throws Exception {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (!text(stream).contains(words)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "no \"" + words + "\" within " + WAIT + " in: " + text(stream));
            }
            Thread.sleep(5);
        }
    }

    private static CloudEvent changed(long revision) {
        Service web =
                Service.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setNamespace("shop").setName("web"))
                        .build();
        return event("changed", revision).toBuilder().setData(Any.pack(web)).build();
    }

    private static CloudEvent event(String what, long revision) {
        return CloudEvent.newBuilder()
                .setId("endpoint:" + revision + ":Service/shop/web")
                .setSource("//weir/endpoint-service")
                .setType("weir.net.service.v1." + what)
                .setSubject("shop/web")
                .setDataschema("proto:weir.net.v1.Service")
                .setShard("endpoint")
                .setRevision(revision)
                .build();
    }

    private static void endWith(FakeEvents.Call call, CompletableFuture<Integer> command)
            throws Exception {
        call.fail(Status.INVALID_ARGUMENT.withDescription("enough").asRuntimeException());
        assertThat(command.get(WAIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void eachChangeIsALine() throws Exception {
        var command = run("watch", "--events");
        FakeEvents.Call call = server.events.next();
        call.reached(16);
        call.send(changed(17));
        call.send(event("deleted", 18));
        await(out, "deleted");
        endWith(call, command);

        assertThat(call.request())
                .isEqualTo(FollowRequest.newBuilder().setChangesOnly(true).build());
        assertThat(text(out))
                .isEqualTo(
                        """
                        2026-03-01T12:00:00Z  changed  Service shop/web  17
                        2026-03-01T12:00:00Z  deleted  Service shop/web  18
                        """);
    }

    @Test
    void typesAndNamespaceAreTheServersToSelect() throws Exception {
        var command = run("watch", "--events", "svc,po", "ns", "-n", "shop", "-o", "name");
        FakeEvents.Call call = server.events.next();
        call.send(changed(17));
        await(out, "\n");
        endWith(call, command);

        assertThat(call.request().getKindsList()).containsExactly("Service", "Pod", "Namespace");
        assertThat(call.request().getNamespace()).isEqualTo("shop");
        assertThat(text(out)).isEqualTo("service/web\n");
    }

    @Test
    void jsonIsTheStructuredFormatOfCloudEvents() throws Exception {
        var command = run("watch", "--events", "-o", "json");
        FakeEvents.Call call = server.events.next();
        call.send(changed(17));
        call.send(event("deleted", 18));
        await(out, "deleted");
        endWith(call, command);

        String attributes =
                "{\"specversion\":\"1.0\",\"id\":\"endpoint:%d:Service/shop/web\","
                        + "\"source\":\"//weir/endpoint-service\","
                        + "\"type\":\"weir.net.service.v1.%s\",\"subject\":\"shop/web\","
                        + "\"dataschema\":\"proto:weir.net.v1.Service\",\"shard\":\"endpoint\","
                        + "\"revision\":\"%d\"";
        assertThat(text(out).lines().toList())
                .containsExactly(
                        attributes.formatted(17, "changed", 17)
                                + ",\"datacontenttype\":\"application/json\",\"data\":{"
                                + "\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{"
                                + "\"name\":\"web\",\"namespace\":\"shop\"}}}",
                        attributes.formatted(18, "deleted", 18) + "}");
    }

    @Test
    void aLostConnectionIsGoneOnWithWhereItStoodAndNothingIsShownTwice() throws Exception {
        var command = run("watch", "--events");
        FakeEvents.Call first = server.events.next();
        first.reached(16);
        first.send(changed(17));
        await(out, "17");
        first.fail(Status.UNAVAILABLE.withDescription("gone").asRuntimeException());
        FakeEvents.Call second = server.events.next();
        second.send(changed(17));
        second.send(changed(18));
        await(out, "18");
        endWith(second, command);

        assertThat(second.request())
                .isEqualTo(FollowRequest.newBuilder().setResume(FakeEvents.frontier(16)).build());
        assertThat(text(out).lines()).hasSize(2);
        assertThat(text(err))
                .contains("going on where it stood, try 1 of " + EventFeed.TRIES + "\n");
    }

    @Test
    void missedChangesAreSaid() throws Exception {
        var command = run("watch", "--events");
        FakeEvents.Call first = server.events.next();
        first.reached(16);
        first.fail(Status.OUT_OF_RANGE.withDescription("not kept").asRuntimeException());
        FakeEvents.Call second = server.events.next();
        second.send(changed(99));
        await(out, "99");
        endWith(second, command);

        assertThat(second.request().getChangesOnly()).isTrue();
        assertThat(text(err)).contains("not kept; some changes were missed");
    }

    @Test
    void aServerThatIsNotThereEndsTheCommandAtOnce() throws Exception {
        server.close();

        assertThat(run("watch", "--events").get(WAIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(text(err)).contains("was refused").doesNotContain("try 1");
    }

    @Test
    void whatHasNoEventsIsRefused() throws Exception {
        assertThat(run("watch", "--events", "ep").get(WAIT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(1);
        assertThat(text(err))
                .isEqualTo("error: endpoints are a view; watch endpointslices instead\n");
    }

    /** A command and what it prints. */
    private record Example(String command, String output) {}

    static List<Example> examples() throws Exception {
        String text = Files.readString(Path.of("../../docs/design/events.md"));
        String block = text.substring(text.indexOf("```\n$ weir ") + "```\n".length());
        return Arrays.stream(block.substring(0, block.indexOf("```")).split("(?m)^\\$ weir "))
                .filter(example -> !example.isEmpty())
                .map(example -> example.split("\n", 2))
                .map(lines -> new Example(lines[0], lines[1]))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theGuideShowsWhatIsPrinted(Example example) throws Exception {
        var command = run(example.command().split(" "));
        FakeEvents.Call call = server.events.next();
        call.send(changed(17));
        call.send(event("deleted", 18));
        call.reached(18);
        endWith(call, command);

        assertThat(text(out)).isEqualTo(example.output());
    }
}
