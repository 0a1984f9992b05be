package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.client.FakeServer;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Manifests with Endpoints, as typed, against a server on a real socket. */
@Timeout(30)
class EndpointsImportTest {
    private static final String ENDPOINTS =
            """
            apiVersion: v1
            kind: Endpoints
            metadata: {name: db}
            subsets:
            - addresses: [{ip: 192.0.2.1}, {ip: "2001:db8::1"}]
              ports: [{port: 5432}]
            """;

    @TempDir Path directory;
    private FakeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer(directory.resolve("s"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandLineEnd run(String input, String... args) {
        return CommandLineEnd.ofInput(server, Clock.systemUTC(), input, args);
    }

    private CommandLineEnd apply(String manifests, String... more) {
        return run(
                manifests,
                Stream.concat(Stream.of("apply", "-f", "-"), Stream.of(more))
                        .toArray(String[]::new));
    }

    private Service service(boolean selector) {
        ServiceSpec.Builder spec = ServiceSpec.newBuilder();
        if (selector) {
            spec.putSelector("app", "db");
        }
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("db"))
                .setSpec(spec)
                .build();
    }

    /** The first addresses of all mirrored slices. */
    private List<String> addresses() {
        return Stream.of(
                        run(
                                        "",
                                        "get",
                                        "endpointslices",
                                        "-l",
                                        "endpointslice.kubernetes.io/managed-by="
                                                + "endpointslicemirroring-controller.k8s.io",
                                        "-o",
                                        "jsonpath={.items[*].endpoints[*].addresses[0]}")
                                .out()
                                .split(" ", -1))
                .filter(address -> !address.isEmpty())
                .sorted()
                .toList();
    }

    @Test
    void endpointsAreStoredAsSlices() {
        server.put(service(false));

        CommandLineEnd first = apply(ENDPOINTS);
        CommandLineEnd again = apply(ENDPOINTS);

        assertThat(first).isEqualTo(new CommandLineEnd(0, "endpoints/db created\n", ""));
        assertThat(again).isEqualTo(new CommandLineEnd(0, "endpoints/db unchanged\n", ""));
        assertThat(addresses()).containsExactly("192.0.2.1", "2001:db8::1");
    }

    @Test
    void whatIsNoMoreNamedGoesAndOthersStay() {
        server.put(
                EndpointSlice.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setNamespace("default")
                                        .setName("by-hand")
                                        .putLabels("kubernetes.io/service-name", "db"))
                        .build());
        apply(ENDPOINTS);

        CommandLineEnd changed =
                apply(ENDPOINTS.replace(", {ip: \"2001:db8::1\"}", ", {ip: 192.0.2.2}"));
        List<String> then = addresses();
        CommandLineEnd deleted = run(ENDPOINTS, "delete", "-f", "-");
        CommandLineEnd gone = run(ENDPOINTS, "delete", "-f", "-");

        assertThat(changed.out()).isEqualTo("endpoints/db configured\n");
        assertThat(then).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(deleted).isEqualTo(new CommandLineEnd(0, "endpoints \"db\" deleted\n", ""));
        assertThat(addresses()).isEmpty();
        assertThat(run("", "get", "endpointslices", "by-hand").code()).isZero();
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err())
                .isEqualTo("Error from server (NotFound): endpoints \"db\" not found\n");
    }

    @Test
    void aSelectorComesFirstWhereverTheServiceStandsInTheFile() {
        apply(ENDPOINTS);

        CommandLineEnd ran =
                apply(
                        ENDPOINTS
                                + """
                                ---
                                apiVersion: v1
                                kind: Service
                                metadata: {name: db}
                                spec: {selector: {app: db}, ports: [{port: 5432}]}
                                """);

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo("service/db created\nendpoints/db configured\n");
        assertThat(ran.err())
                .isEqualTo(
                        "Warning: endpoints/db is not mirrored: the Service has a selector, so its"
                                + " pods count\n");
        assertThat(addresses()).as("those of before").isEmpty();
    }

    @Test
    void aDryRunWritesNothing() {
        CommandLineEnd created = apply(ENDPOINTS, "--dry-run=client");
        CommandLineEnd asked = apply(ENDPOINTS, "--dry-run=server");
        List<String> none = addresses();
        apply(ENDPOINTS);
        CommandLineEnd configured =
                apply(ENDPOINTS.replace("192.0.2.1", "192.0.2.7"), "--dry-run=server");

        assertThat(created.out()).isEqualTo("endpoints/db created (dry run)\n");
        assertThat(asked.out()).isEqualTo("endpoints/db created (server dry run)\n");
        assertThat(none).isEmpty();
        assertThat(configured.out()).isEqualTo("endpoints/db configured (server dry run)\n");
        assertThat(addresses()).contains("192.0.2.1");
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingIsWritten() {
        CommandLineEnd ran = apply(ENDPOINTS.replace("2001:db8::1", "nowhere"));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .isEqualTo(
                        "The Endpoints \"db\" is invalid: subsets[0].addresses[1].ip: Invalid"
                                + " value: \"nowhere\": must be a valid IP address, (e.g. 10.9.8.7"
                                + " or 2001:db8::ffff)\n");
        assertThat(addresses()).isEmpty();
    }

    @Test
    void deletingEndpointsByNameSparesTheService() {
        server.put(service(false));
        apply(ENDPOINTS);

        CommandLineEnd ran = run("", "delete", "endpoints", "db");

        assertThat(ran).isEqualTo(new CommandLineEnd(0, "endpoints \"db\" deleted\n", ""));
        assertThat(addresses()).isEmpty();
        assertThat(run("", "get", "svc", "db").code()).isZero();
    }

    @Test
    void whatIsStoredIsShownAsEndpointsAgain() {
        server.put(service(false));
        apply(ENDPOINTS.replace("  ports", "  notReadyAddresses: [{ip: 192.0.2.9}]\n  ports"));

        String table = run("", "get", "endpoints", "db").out();
        String yaml = run("", "get", "ep", "db", "-o", "yaml").out();

        assertThat(table).matches("NAME +ENDPOINTS +AGE\ndb +192.0.2.1:5432 +\\S+\n");
        assertThat(yaml).startsWith("apiVersion: v1\nkind: Endpoints\n").contains("192.0.2.9");
        assertThat(apply(yaml).out())
                .as("without the other family")
                .isEqualTo("endpoints/db configured\n");
        assertThat(addresses()).containsExactly("192.0.2.1", "192.0.2.9");
    }
}
