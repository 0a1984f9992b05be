package dev.weir.service;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.client.Connection;
import dev.weir.client.ServerAddress;
import dev.weir.client.Servers;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One process of the packaged application, and a channel to it. */
final class Instance implements AutoCloseable {
    static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();

    /** Held, since levels are lost with their loggers: the tests' own clients say too much. */
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    static {
        KAFKA.setLevel(Level.SEVERE);
    }

    private static final Pattern HTTP = Pattern.compile("Listening on: (http://\\S+)");

    private final String name;
    private final Path socket;
    private final Path output;
    private final List<String> command;
    private final Connection connection;
    private Process process;

    private Instance(String name, Path directory, List<String> command) throws IOException {
        this.name = name;
        this.socket = directory.resolve(name + ".sock");
        this.output = directory.resolve(name + ".out");
        this.command = command;
        this.process = fork();
        this.connection = Connection.open(Servers.of(address()));
        // Also when the tests are interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /**
     * Starts it, and waits for nothing.
     *
     * @param name of the instance, and of its files in the directory
     */
    static Instance start(
            Role role, String name, Path directory, String bootstrap, String... properties)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dweir.role=" + role,
                                "-Dweir.instance=" + name,
                                "-Dweir.listen=unix://" + directory.resolve(name + ".sock"),
                                "-Dweir.kafka.bootstrap=" + bootstrap));
        if (role == Role.CONTROL_PLANE) {
            command.add("-Dweir.secret-key-file=" + directory.resolve("secret.key"));
        }
        command.addAll(List.of(properties));
        command.addAll(List.of("-jar", JAR.toString()));
        return new Instance(name, directory, command);
    }

    private Process fork() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }

    ServerAddress address() {
        return new ServerAddress.Unix(socket);
    }

    Path socket() {
        return socket;
    }

    Channel channel() {
        return connection.channel();
    }

    ServingStatus health() {
        try {
            connection.channel().resetConnectBackoff();
            return HealthGrpc.newBlockingStub(channel())
                    .withDeadlineAfter(Await.PATIENCE.toMillis(), MILLISECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } catch (StatusRuntimeException notYet) {
            return ServingStatus.UNKNOWN;
        }
    }

    void awaitHealth(ServingStatus wanted) throws Exception {
        Await.until(
                name + " is " + wanted,
                () -> {
                    assertThat(process.isAlive()).as("runs; it said " + said()).isTrue();
                    return health() == wanted;
                },
                () -> "it said " + said());
    }

    /** What an HTTP probe of this kind is answered: "live", "ready". */
    String probe(String kind) throws Exception {
        Await.until(
                name + " says where its probes are", () -> HTTP.matcher(said()).find(), this::said);
        Matcher matcher = HTTP.matcher(said());
        String base = "";
        while (matcher.find()) {
            base = matcher.group(1);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer =
                    client.send(
                            HttpRequest.newBuilder(URI.create(base + "/q/health/" + kind)).build(),
                            BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        }
    }

    /** As kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        exit();
    }

    /** As kill does. */
    int terminate() throws InterruptedException {
        process.destroy();
        return exit();
    }

    int exit() throws InterruptedException {
        assertThat(process.waitFor(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .as(name + " ends within " + Await.PATIENCE)
                .isTrue();
        return process.exitValue();
    }

    void startAgain() throws IOException {
        process = fork();
    }

    /** All that it wrote, from its first start on. */
    String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
        kill();
    }
}
