package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.derive.NodeDeriver;
import dev.weir.agent.edge.HealthPlane;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * From what the shards say to what a load balancer hears, at a node whose address is loopback's.
 */
class LoadBalancerHealthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration NEVER = Duration.ofMinutes(10);
    private static final Key NODE = Kinds.NODE.key("", "n1");
    private static final Key WEB = Kinds.SERVICE.key("shop", "web");
    private static final Key SLICE = Kinds.ENDPOINT_SLICE.key("shop", "web-1");
    private static final NodeSettings SETTINGS =
            new NodeSettings(
                    "n1",
                    List.of(IpAddress.of("127.0.0.1"), IpAddress.of("::1")),
                    List.of(Cidr.of("10.244.0.0/16")),
                    List.of(Cidr.of("10.96.0.0/12")));

    private final Vitals vitals =
            new Vitals(
                    dev.weir.model.Kinds.NODE.key("", "n1"),
                    NEVER,
                    Clock.systemUTC(),
                    System::nanoTime);
    private final NodeLoop loop =
            new NodeLoop(
                    List.of(
                            new PlaneDriver(
                                    new HealthPlane(SETTINGS.addresses(), vitals::healthy))),
                    new NodeDeriver(SETTINGS),
                    NEVER,
                    vitals::carried);
    private int port;
    private long revision;

    @BeforeEach
    void start() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        loop.start();
        snapshot(
                "control",
                Map.of(
                        NODE,
                        new Change.Put(
                                Node.newBuilder()
                                        .setMetadata(ObjectMeta.newBuilder().setName("n1"))
                                        .build(),
                                1)));
        snapshot("policy", Map.of());
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void snapshot(String shard, Map<Key, Change> changes) {
        loop.accept(new ShardUpdate.Snapshot(Image.empty(shard).apply(delta(shard, changes))));
    }

    private Delta delta(String shard, Map<Key, Change> changes) {
        return new Delta(shard, "log-1", ++revision, Frontier.EMPTY, new TreeMap<>(changes));
    }

    private Service web() {
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("shop").setName("web"))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("LoadBalancer")
                                .setExternalTrafficPolicy("Local")
                                .setHealthCheckNodePort(port)
                                .setClusterIp("10.96.0.5")
                                .addClusterIps("10.96.0.5")
                                .addPorts(ServicePort.newBuilder().setProtocol("TCP").setPort(80)))
                .build();
    }

    private static EndpointSlice slice(EndpointConditions.Builder conditions) {
        return EndpointSlice.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace("shop")
                                .setName("web-1")
                                .putLabels("kubernetes.io/service-name", "web"))
                .setAddressType("IPv4")
                .addPorts(EndpointPort.newBuilder().setProtocol("TCP").setPort(8080))
                .addEndpoints(
                        Endpoint.newBuilder()
                                .addAddresses("10.244.0.7")
                                .setNodeName("n1")
                                .setConditions(conditions))
                .build();
    }

    /** Ready, or terminating and still serving. */
    private static EndpointSlice slice(boolean ready) {
        return slice(
                EndpointConditions.newBuilder()
                        .setReady(ready)
                        .setServing(true)
                        .setTerminating(!ready));
    }

    /** The status; 0 when nobody listens. */
    private int ask(String host) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create("http://" + host + ":" + port + "/").toURL().openConnection();
        connection.setConnectTimeout((int) PATIENCE.toMillis());
        connection.setReadTimeout((int) PATIENCE.toMillis());
        try {
            return connection.getResponseCode();
        } catch (java.net.ConnectException nobody) {
            return 0;
        } finally {
            connection.disconnect();
        }
    }

    private void await(int status) throws Exception {
        for (String host : List.of("127.0.0.1", "[::1]")) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            int seen = ask(host);
            while (seen != status) {
                assertThat(System.nanoTime())
                        .as("deadline for %d from %s, which says %d", status, host, seen)
                        .isLessThan(deadline);
                Thread.sleep(10);
                seen = ask(host);
            }
        }
    }

    @Test
    void aLoadBalancerHearsWhereEndpointsAreReady() throws Exception {
        snapshot(
                "endpoint",
                Map.of(WEB, new Change.Put(web(), 1), SLICE, new Change.Put(slice(true), 1)));
        await(200);

        loop.accept(
                new ShardUpdate.Changes(
                        delta("endpoint", Map.of(SLICE, new Change.Put(slice(false), 2)))));
        await(503);

        loop.accept(new ShardUpdate.Changes(delta("endpoint", Map.of(WEB, new Change.Remove(3)))));
        await(0);
    }
}
