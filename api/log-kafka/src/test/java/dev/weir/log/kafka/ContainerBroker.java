package dev.weir.log.kafka;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.ImageFromDockerfile;

/** A broker in a container of its own; its image is built here and needs no other. */
final class ContainerBroker extends GenericContainer<ContainerBroker> {
    private final String host;
    private final int port;

    /**
     * @param root as {@link BrokerRoot} fills it
     */
    private ContainerBroker(Future<String> image, String host, int port) {
        super(image);
        this.host = host;
        this.port = port;
    }

    static ContainerBroker of(Path root) throws IOException {
        String host = DockerClientFactory.instance().dockerHostIpAddress();
        // The broker says where it is reached, so that has to be known before it is started.
        int port = freePort();
        ImageFromDockerfile image =
                new ImageFromDockerfile("weir/broker-under-test", true)
                        .withFileFromPath("root", root)
                        .withDockerfileFromBuilder(
                                file ->
                                        file.from("scratch")
                                                .copy("root", "/")
                                                .entryPoint(
                                                        BrokerRoot.command(host, port)
                                                                .toArray(String[]::new))
                                                .build());
        PortBinding binding = new PortBinding(Ports.Binding.bindPort(port), ExposedPort.tcp(port));
        return new ContainerBroker(image, host, port)
                .withCreateContainerCmdModifier(
                        create ->
                                create.withExposedPorts(ExposedPort.tcp(port))
                                        .withHostConfig(
                                                HostConfig.newHostConfig()
                                                        .withPortBindings(binding)))
                .waitingFor(
                        new AbstractWaitStrategy() {
                            @Override
                            protected void waitUntilReady() {
                                awaitConnection(host, port, () -> true, () -> "");
                            }
                        });
    }

    String bootstrap() {
        return host + ":" + port;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** A broker listens once it serves. */
    static void awaitAnswer(String host, int port, BooleanSupplier alive, Path said) {
        awaitConnection(
                host,
                port,
                alive,
                () -> {
                    try {
                        return Files.readString(said);
                    } catch (IOException e) {
                        return e.toString();
                    }
                });
    }

    private static void awaitConnection(
            String host,
            int port,
            BooleanSupplier alive,
            java.util.function.Supplier<String> state) {
        Await.until(
                "a broker answers at " + host + ":" + port,
                Await.LONG.multipliedBy(2),
                () -> {
                    if (!alive.getAsBoolean()) {
                        throw new AssertionError("the broker ended: " + state.get());
                    }
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(host, port), 1000);
                        return true;
                    } catch (IOException e) {
                        return false;
                    }
                },
                state);
    }
}
