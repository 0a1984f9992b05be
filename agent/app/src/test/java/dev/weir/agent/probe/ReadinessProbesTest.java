package dev.weir.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.HttpGetAction;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.Probe;
import dev.weir.core.v1.TcpSocketAction;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against servers of this process, on the loopback device. */
class ReadinessProbesTest {
    private static final int SECONDS = 20;
    private static final Key WEB = Kinds.POD.key("shop", "web");

    private final BlockingQueue<Boolean> results = new LinkedBlockingQueue<>();
    private final ReadinessProbes probes = new ReadinessProbes((pod, ready) -> results.add(ready));
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        probes.close();
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    private int http(String address, int status, int delayMillis) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/health",
                exchange -> {
                    requests.incrementAndGet();
                    try {
                        Thread.sleep(delayMillis);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        server.start();
        servers.add(() -> server.stop(0));
        return server.getAddress().getPort();
    }

    private ServerSocket tcp(String address, int port) throws IOException {
        ServerSocket socket = new ServerSocket(port, 50, InetAddress.getByName(address));
        servers.add(socket);
        return socket;
    }

    /** A port that nobody listens on. */
    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static IntOrString number(int port) {
        return IntOrString.newBuilder().setIntVal(port).build();
    }

    /** Every second, and one result is enough. */
    private static Probe.Builder quick() {
        return Probe.newBuilder()
                .setPeriodSeconds(1)
                .setTimeoutSeconds(1)
                .setSuccessThreshold(1)
                .setFailureThreshold(1);
    }

    private static Probe tcpProbe(int port) {
        return quick().setTcpSocket(TcpSocketAction.newBuilder().setPort(number(port))).build();
    }

    private static Probe httpProbe(int port) {
        return quick().setHttpGet(
                        HttpGetAction.newBuilder().setPath("/health").setPort(number(port)))
                .build();
    }

    private static Image pods(Container... containers) {
        Pod pod =
                Pod.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setNamespace("shop").setName("web"))
                        .setSpec(PodSpec.newBuilder().addAllContainers(List.of(containers)))
                        .build();
        return Image.empty("control")
                .apply(
                        new Delta(
                                "control",
                                "log-1",
                                1,
                                Frontier.EMPTY,
                                new TreeMap<>(Map.of(WEB, new Change.Put(pod, 1)))));
    }

    private static Image probed(Probe probe) {
        return pods(Container.newBuilder().setReadinessProbe(probe).build());
    }

    private static Map<Key, IpAddress> at(String address) {
        return Map.of(WEB, IpAddress.of(address));
    }

    private void start(Probe probe) {
        probes.sync(probed(probe), at("127.0.0.1"));
    }

    private boolean next() throws InterruptedException {
        Boolean ready = results.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(ready).as("a result within " + SECONDS + " s").isNotNull();
        return ready;
    }

    private void awaitRequests(int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (requests.get() < count) {
            assertThat(System.nanoTime())
                    .as("deadline for " + count + " requests")
                    .isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @Test
    void anOpenPortIsReadyAndAClosedOneIsNot() throws Exception {
        int port = closedPort();

        start(tcpProbe(port));
        assertThat(next()).isFalse();
        ServerSocket socket = tcp("127.0.0.1", port);
        assertThat(next()).isTrue();
        socket.close();

        assertThat(next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 302, 399})
    void answersBelow400AreReady(int status) throws Exception {
        start(httpProbe(http("127.0.0.1", status, 0)));

        assertThat(next()).isFalse();
        assertThat(next()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"400, 0", "500, 0", "200, 3000"})
    void failuresAndSlowAnswersAreNot(int status, int delayMillis) throws Exception {
        start(httpProbe(http("127.0.0.1", status, delayMillis)));
        assertThat(next()).isFalse();

        awaitRequests(2);

        assertThat(results).isEmpty();
    }

    @Test
    void ipv6() throws Exception {
        int port = http("::1", 200, 0);

        probes.sync(probed(httpProbe(port)), at("::1"));

        assertThat(next()).isFalse();
        assertThat(next()).isTrue();
    }

    @Test
    void aPortMayBeNamed() throws Exception {
        int port = tcp("127.0.0.1", 0).getLocalPort();
        Probe probe =
                quick().setTcpSocket(
                                TcpSocketAction.newBuilder()
                                        .setPort(IntOrString.newBuilder().setStrVal("web")))
                        .build();
        Container container =
                Container.newBuilder()
                        .setReadinessProbe(probe)
                        .addPorts(ContainerPort.newBuilder().setName("web").setContainerPort(port))
                        .build();

        probes.sync(pods(container), at("127.0.0.1"));

        assertThat(next()).isFalse();
        assertThat(next()).isTrue();
    }

    @Test
    void aPodThatIsGoneIsAskedNoMore() throws Exception {
        start(httpProbe(http("127.0.0.1", 200, 0)));
        awaitRequests(1);

        probes.sync(probed(httpProbe(1)), Map.of());
        Thread.sleep(100);
        int asked = requests.get();
        Thread.sleep(1_500);

        assertThat(requests).hasValue(asked);
    }

    @Test
    void theSameProbeGoesOn() throws Exception {
        Probe probe = httpProbe(http("127.0.0.1", 200, 0));
        start(probe);
        assertThat(next()).isFalse();
        assertThat(next()).isTrue();

        start(probe);
        awaitRequests(2);

        assertThat(results).isEmpty();
    }

    @Test
    void anotherProbeStartsAnew() throws Exception {
        start(tcpProbe(tcp("127.0.0.1", 0).getLocalPort()));
        assertThat(next()).isFalse();
        assertThat(next()).isTrue();

        start(tcpProbe(closedPort()));

        assertThat(next()).isFalse();
    }

    @Test
    void aPodWhoseProbeIsTakenAwayIsReady() throws Exception {
        start(tcpProbe(closedPort()));
        assertThat(next()).isFalse();

        probes.sync(pods(Container.getDefaultInstance()), at("127.0.0.1"));

        assertThat(next()).isTrue();
    }

    @Test
    void aPodIsReadyWhenAllItsContainersAre() throws Exception {
        int second = closedPort();
        Container open =
                Container.newBuilder()
                        .setReadinessProbe(tcpProbe(tcp("127.0.0.1", 0).getLocalPort()))
                        .build();
        Container later = Container.newBuilder().setReadinessProbe(tcpProbe(second)).build();

        probes.sync(pods(open, Container.getDefaultInstance(), later), at("127.0.0.1"));
        assertThat(next()).isFalse();
        assertThat(results.poll(1_200, TimeUnit.MILLISECONDS)).isNull();
        ServerSocket socket = tcp("127.0.0.1", second);

        assertThat(next()).isTrue();
        socket.close();
        assertThat(next()).isFalse();
    }

    @Test
    void aPortOfAnotherContainerHasNoNameHere() throws Exception {
        int port = tcp("127.0.0.1", 0).getLocalPort();
        Container probed =
                Container.newBuilder()
                        .setReadinessProbe(
                                quick().setTcpSocket(
                                                TcpSocketAction.newBuilder()
                                                        .setPort(
                                                                IntOrString.newBuilder()
                                                                        .setStrVal("web"))))
                        .build();
        Container named =
                Container.newBuilder()
                        .addPorts(ContainerPort.newBuilder().setName("web").setContainerPort(port))
                        .build();

        probes.sync(pods(probed, named), at("127.0.0.1"));

        assertThat(next()).isFalse();
        assertThat(results.poll(1_200, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void aPodWithoutAProbeIsReadyAtTheStart() {
        Optional<Pod> probed = probed(tcpProbe(80)).find(Pod.class, WEB);
        Optional<Pod> unprobed = pods(Container.getDefaultInstance()).find(Pod.class, WEB);

        assertThat(ReadinessProbes.readyAtStart(probed)).isFalse();
        assertThat(ReadinessProbes.readyAtStart(unprobed)).isTrue();
        assertThat(ReadinessProbes.readyAtStart(Optional.empty())).isTrue();
    }
}
