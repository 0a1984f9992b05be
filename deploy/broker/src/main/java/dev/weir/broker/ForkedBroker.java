package dev.weir.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A broker in a process of its own, which ends with this one at the latest. Used by one thread.
 *
 * <p>What it says is in the file {@code broker.err} of its data directory.
 */
public final class ForkedBroker implements AutoCloseable {
    /** Measured: the smallest and fastest broker of this size. */
    public static final List<String> JVM_OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseCompactObjectHeaders",
                    "-Xmx192m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    /** A start takes 2 s of computing: on a machine that is busy, up to a minute. */
    private static final Duration START = Duration.ofSeconds(90);

    private static final Duration END = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Path data;
    private final InetSocketAddress address;
    private final List<String> command;
    private Process process;

    private ForkedBroker(Path data, InetSocketAddress address, List<String> command) {
        this.data = data;
        this.address = address;
        this.command = List.copyOf(command);
        this.process = fork();
        awaitAnswer();
    }

    /** Starts on a free port of 127.0.0.1, with this process's class path. */
    public static ForkedBroker start(Path data) {
        return start(data, Map.of());
    }

    /** As {@link #start(Path)}, with broker settings over the defaults. */
    public static ForkedBroker start(Path data, Map<String, String> settings) {
        return start(data, settings, freeAddress(), System.getProperty("java.class.path"));
    }

    /**
     * Starts a broker and waits until it answers.
     *
     * @param data made if it is missing; what it holds is kept
     * @param settings broker settings over the defaults
     * @param classPath where {@link BrokerMain} is
     * @throws BrokerException if it does not answer in time, with what it said
     */
    public static ForkedBroker start(
            Path data, Map<String, String> settings, InetSocketAddress listen, String classPath) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of("-cp", classPath, BrokerMain.class.getName()));
        command.addAll(List.of("--while-input-open", "--data", data.toString()));
        command.addAll(List.of("--listen", BrokerOptions.text(listen)));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return new ForkedBroker(data, listen, command);
    }

    /** For {@code bootstrap.servers}; the same after a restart. */
    public String bootstrap() {
        return BrokerOptions.text(address);
    }

    public long pid() {
        return process.pid();
    }

    /** Ends it by SIGKILL, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Starts it again, on the same port and data, and waits until it answers; kills it before. */
    public void restart() {
        kill();
        process = fork();
        awaitAnswer();
    }

    /** Ends it by SIGTERM, or SIGKILL when that takes too long. The data are kept. */
    @Override
    public void close() {
        process.destroy();
        awaitEnd();
    }

    private Process fork() {
        try {
            Files.createDirectories(data);
            return new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(
                            ProcessBuilder.Redirect.appendTo(data.resolve("broker.err").toFile()))
                    .start();
        } catch (IOException e) {
            throw new BrokerException("cannot start a broker: " + e.getMessage(), e);
        }
    }

    /** First a connection, which costs nothing and says nothing, then a call. */
    private void awaitAnswer() {
        Instant deadline = Instant.now().plus(START);
        try {
            while (!connects()) {
                if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                    throw failed(null);
                }
                Thread.sleep(PAUSE);
            }
            try (Admin admin =
                    Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
                admin.describeCluster().nodes().get(START.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        }
    }

    private boolean connects() {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) PAUSE.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private BrokerException failed(@Nullable Exception cause) {
        kill();
        String said;
        try {
            said = Files.readString(data.resolve("broker.err")).strip();
        } catch (IOException e) {
            said = e.getMessage();
        }
        return new BrokerException(
                "the broker at " + bootstrap() + " does not answer; it said: " + said, cause);
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(END.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static InetSocketAddress freeAddress() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
        } catch (IOException e) {
            throw new BrokerException("no port is free on 127.0.0.1: " + e.getMessage(), e);
        }
    }
}
