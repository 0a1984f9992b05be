package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Message;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.routing.Cluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;

/**
 * A cluster's objects, its backends, and the plane that serves them, on an address of its own, on
 * which 80 and 443 are free. Each change is applied as an agent applies it: with an image and what
 * leads to it. Classes of both kinds are there, called weir.
 */
final class Site implements AutoCloseable {
    private static final AtomicInteger SITES = new AtomicInteger();

    final String address;
    final Visitor visitor;
    private final DataPlane plane;
    private final Map<Frontend, Backends> services = new HashMap<>();
    private final Map<Key, String> clusterIps = new HashMap<>();
    private int allocated;
    private Cluster cluster = Cluster.withClasses();
    private NodeImage image = NodeImage.EMPTY;
    private Outcome outcome = Outcome.DONE;

    private Site(String address, Map<String, String> options) {
        this.address = address;
        this.visitor = new Visitor(address);
        this.plane =
                new L7DataPlaneProvider()
                        .open(
                                new NodeSettings(
                                                "proxy",
                                                List.of(IpAddress.of(address)),
                                                List.of(),
                                                List.of())
                                        .withOptions(options));
    }

    /** An empty one. Needs the right to listen on ports below 1024. */
    static Site open() {
        return open(Map.of());
    }

    static Site open(Map<String, String> options) {
        long pid = ProcessHandle.current().pid();
        int site = SITES.incrementAndGet();
        String address = "127.%d.%d.%d".formatted(64 + pid / 254 % 64, 1 + pid % 254, site % 254);
        Optional<IOException> refused = refused(address);
        assumeTrue(refused.isEmpty(), () -> address + ":80 cannot be listened on: " + refused);
        return at(address, options);
    }

    /** On an address whose ports may be others'. */
    static Site at(String address, Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        all.putIfAbsent("addresses", address);
        all.putIfAbsent("loops", "2");
        all.putIfAbsent("drain", "PT1S");
        return new Site(address, all);
    }

    private static Optional<IOException> refused(String address) {
        try (ServerSocket socket = new ServerSocket(80, 1, InetAddress.getByName(address))) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /** Writes objects, and has them served. */
    Site given(String yaml) {
        cluster = cluster.with(yaml);
        return apply();
    }

    Site given(Message object) {
        cluster = cluster.with(object);
        return apply();
    }

    /** Of a Service, its endpoints and its cluster IP are gone with it. */
    Site without(Key key) {
        services.values().removeIf(backends -> backends.service().equals(key));
        clusterIps.remove(key);
        cluster = cluster.without(key);
        return apply();
    }

    /**
     * A Service with a cluster IP, and its endpoints; of one that is there, other endpoints.
     *
     * @param name {@code NAMESPACE/NAME:PORT}; the port is called http
     */
    Site service(String name, EchoServer... endpoints) {
        String[] parts = name.split("[/:]");
        int port = Integer.parseInt(parts[2]);
        Key key = Kinds.SERVICE.key(parts[0], parts[1]);
        String ip = clusterIps.computeIfAbsent(key, absent -> "10.96.0." + ++allocated);
        services.put(
                new Frontend(IpAddress.of(ip), Protocol.TCP, port),
                new Backends(key, Stream.of(endpoints).map(EchoServer::backend).toList()));
        if (cluster.objects().containsKey(key)) {
            return apply();
        }
        return given(
                """
                apiVersion: v1
                kind: Service
                metadata: {namespace: %s, name: %s}
                spec:
                  type: ClusterIP
                  clusterIP: %s
                  clusterIPs: [%s]
                  ports: [{name: http, protocol: TCP, port: %d}]
                """
                        .formatted(parts[0], parts[1], ip, ip, port));
    }

    private Site apply() {
        NodeImage next =
                new NodeImage(
                        Frontier.EMPTY,
                        Stream.of(Shards.CONTROL, Shards.ENDPOINT, Shards.SECRET)
                                .map(cluster::image)
                                .collect(Collectors.toMap(Image::shard, Function.identity())),
                        HashTreePMap.empty(),
                        HashTreePMap.from(services),
                        HashTreePMap.empty(),
                        HashTreePMap.empty());
        NodeDelta delta = NodeDelta.between(image, next);
        image = next;
        outcome = plane.apply(next, delta);
        return this;
    }

    /** Of the last change. */
    Map<Key, String> problems() {
        return outcome.problems();
    }

    String metrics() {
        return plane.metrics();
    }

    /** Who answers, by a plain GET; the status if no backend does. */
    String ask(String host, String path) {
        return visitor.get(host, path).by();
    }

    /** As {@link #ask}, and says what was asked where it is not as it should be. */
    void answers(String host, String path, String by) {
        assertThat(ask(host, path)).as("%s%s", host, path).isEqualTo(by);
    }

    @Override
    public void close() {
        plane.close();
    }
}
