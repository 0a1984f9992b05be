package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.agent.derive.NodeDeriver;
import dev.weir.agent.derive.NodeStep;
import dev.weir.agent.dns.DnsPlane;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a round of the node loop costs, but for the kernel, when one endpoint changes. */
class ChangeCostTest {
    /** CPU time, as the machine has other work. */
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    private static final int ENDPOINTS = 10;

    /** Before it counts, until the code is compiled. */
    private static final int WARM = 1_000;

    private static final int ROUNDS = 400;

    /** Far above what it takes, far below what work on all 10,000 Services took. */
    private static final double LIMIT_MS = 5;

    private static final Set<String> SHARDS =
            Set.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY);
    private static final NodeSettings SETTINGS =
            new NodeSettings(
                    "here",
                    List.of(IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1")),
                    List.of(Cidr.of("10.128.0.0/9")),
                    List.of(Cidr.of("10.96.0.0/12")));

    private static final class Counting implements DataPlane {
        private int puts;

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public Set<String> shards() {
            return SHARDS;
        }

        @Override
        public Outcome apply(NodeImage image, NodeDelta delta) {
            puts = delta.services().puts().size();
            return Outcome.DONE;
        }

        @Override
        public List<Drift> verify() {
            return List.of();
        }

        @Override
        public Outcome repair() {
            return Outcome.DONE;
        }

        @Override
        public void close() {}
    }

    private static ObjectMeta.Builder meta(int number) {
        return ObjectMeta.newBuilder().setNamespace("x").setName("web-" + number);
    }

    private static Service service(int number) {
        String address = IpAddress.of("10.96.0.1").plus(number).toString();
        return Service.newBuilder()
                .setMetadata(meta(number))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("ClusterIP")
                                .setClusterIp(address)
                                .addClusterIps(address)
                                .addPorts(ServicePort.newBuilder().setProtocol("TCP").setPort(80)))
                .build();
    }

    private static EndpointSlice slice(int number, int endpoints) {
        EndpointSlice.Builder slice =
                EndpointSlice.newBuilder()
                        .setMetadata(
                                meta(number)
                                        .putLabels("kubernetes.io/service-name", "web-" + number))
                        .setAddressType("IPv4")
                        .addPorts(EndpointPort.newBuilder().setProtocol("TCP").setPort(8080));
        IpAddress first = IpAddress.of("10.128.0.1").plus((long) number * ENDPOINTS);
        for (int i = 0; i < endpoints; i++) {
            slice.addEndpoints(
                    Endpoint.newBuilder()
                            .addAddresses(first.plus(i).toString())
                            .setNodeName("node-" + i));
        }
        return slice.build();
    }

    private static Image write(Image image, Map<Key, Message> puts) {
        return image.apply(delta(image, puts));
    }

    private static Delta delta(Image image, Map<Key, Message> puts) {
        long revision = image.revision() + 1;
        TreeMap<Key, Change> changes = new TreeMap<>();
        puts.forEach((key, value) -> changes.put(key, new Change.Put(value, revision)));
        return new Delta(image.shard(), "log", revision, Frontier.EMPTY, changes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 10_000})
    void aChangedEndpointCostsTheSameWhateverElseThereIs(int services) {
        TreeMap<Key, Message> objects = new TreeMap<>();
        for (int i = 0; i < services; i++) {
            objects.put(Kinds.SERVICE.key("x", "web-" + i), service(i));
            objects.put(Kinds.ENDPOINT_SLICE.key("x", "web-" + i), slice(i, ENDPOINTS));
        }
        Image endpoint = write(Image.empty(Shards.ENDPOINT), objects);
        Image control = Image.empty(Shards.CONTROL);
        Image policy = Image.empty(Shards.POLICY);
        NodeDeriver deriver = new NodeDeriver(SETTINGS);
        Counting counting = new Counting();
        List<PlaneDriver> planes =
                List.of(
                        new PlaneDriver(counting),
                        new PlaneDriver(
                                new DnsPlane(
                                        new ZoneSettings(
                                                DnsName.of("cluster.local"),
                                                ZoneSettings.DEFAULT_TTL,
                                                List.of(),
                                                SETTINGS.serviceCidrs()))));
        NodeImage image = NodeImage.EMPTY;
        long[] took = new long[ROUNDS];
        long load = 0;

        for (int i = -1 - WARM; i < ROUNDS; i++) {
            boolean first = i == -1 - WARM;
            int number = (i + 1 + WARM) * 7 % services;
            Delta delta =
                    delta(
                            endpoint,
                            Map.of(
                                    Kinds.ENDPOINT_SLICE.key("x", "web-" + number),
                                    slice(number, ENDPOINTS - 1 - (i + 1 + WARM) / services)));
            endpoint = first ? endpoint : endpoint.apply(delta);
            long start = THREAD.getCurrentThreadCpuTime();
            NodeStep step =
                    deriver.derive(
                            image,
                            Map.of(
                                    Shards.CONTROL, control,
                                    Shards.ENDPOINT, endpoint,
                                    Shards.POLICY, policy),
                            first ? Map.of() : Map.of(Shards.ENDPOINT, delta),
                            List.of());
            planes.forEach(plane -> plane.advance(step));
            planes.reversed().forEach(PlaneDriver::withdraw);
            planes.forEach(plane -> assertThat(plane.apply(SHARDS)).isTrue());
            image = step.to();
            long passed = THREAD.getCurrentThreadCpuTime() - start;
            assertThat(counting.puts).isEqualTo(first ? services : 1);
            if (first) {
                load = passed;
            } else if (i >= 0) {
                took[i] = passed;
            }
        }

        Arrays.sort(took);
        double median = took[ROUNDS / 2] / 1e6;
        System.out.printf(
                "%d Services x %d endpoints, CPU time: derived in %d ms; one endpoint changed: p50"
                        + " %.3f ms, p99 %.3f ms%n",
                services, ENDPOINTS, load / 1_000_000, median, took[ROUNDS * 99 / 100] / 1e6);
        assertThat(median).isLessThan(LIMIT_MS);
    }
}
