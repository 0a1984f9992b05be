package dev.weir.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.endpoint.allocate.NodePort;
import dev.weir.endpoint.allocate.NodePorts;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.log.Committed;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.log.SimulatedLog.Fault;
import dev.weir.log.Write;
import dev.weir.model.Cidr;
import dev.weir.model.FailureException;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.LoadBalancerStatus;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.ServiceStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AllocationIndexTest {
    private static final AddressRange RANGE = new AddressRange(Cidr.of("10.96.0.0/24"));

    /** So few that Services soon have none left. */
    private static final PortRange PORTS = new PortRange(30_000, 30_011);

    private static final Allocations NOTHING = Allocations.empty(List.of(RANGE), PORTS);

    /** A history that is sometimes too short to follow. */
    private static final ShardConfig SMALL =
            new ShardConfig("test", 1_000, 4, 30, ShardConfig.MAX_WAIT, ShardConfig.CLOSE_WAIT);

    private static Key key(int service) {
        return Kinds.SERVICE.key("default", "s" + service);
    }

    private static Service service(int service, int address) {
        String text = RANGE.address(address).toString();
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("s" + service))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("LoadBalancer")
                                .setClusterIp(text)
                                .addClusterIps(text)
                                .addPorts(
                                        ServicePort.newBuilder()
                                                .setProtocol(address % 2 == 0 ? "TCP" : "UDP")
                                                .setNodePort(PORTS.first() + address / 2)))
                .setStatus(
                        ServiceStatus.newBuilder()
                                .setLoadBalancer(
                                        LoadBalancerStatus.newBuilder()
                                                .addIngress(
                                                        LoadBalancerIngress.newBuilder()
                                                                .setIp(text))))
                .build();
    }

    /** Some Services change their address, go or come; each address has at most one owner. */
    private static TreeMap<Key, Optional<Message>> changes(Random random) {
        List<Integer> addresses = new ArrayList<>(IntStream.rangeClosed(1, 20).boxed().toList());
        Collections.shuffle(addresses, random);
        TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            changes.put(
                    key(i),
                    random.nextInt(3) == 0
                            ? Optional.empty()
                            : Optional.of(service(i, addresses.get(i))));
        }
        return changes;
    }

    private static Optional<Key> balanced(
            Allocations allocations, IpAddress address, String protocol) {
        return allocations.tenants().owner(address, protocol, 0, ClusterIps.DNS_SERVICE);
    }

    private static List<Optional<Key>> owners(Allocations allocations) {
        return Stream.concat(
                        IntStream.rangeClosed(0, 21)
                                .mapToObj(RANGE::address)
                                .flatMap(
                                        address ->
                                                Stream.of(
                                                        allocations.addresses().owner(address),
                                                        balanced(allocations, address, "TCP"),
                                                        balanced(allocations, address, "UDP"))),
                        IntStream.rangeClosed(PORTS.first(), PORTS.last())
                                .boxed()
                                .flatMap(
                                        number ->
                                                Stream.of("TCP", "UDP", "SCTP")
                                                        .map(
                                                                protocol ->
                                                                        allocations
                                                                                .nodePorts()
                                                                                .owner(
                                                                                        new NodePort(
                                                                                                protocol,
                                                                                                number)))))
                .toList();
    }

    private static Allocations anew(Pending pending) {
        return pending.image()
                .all(Kinds.SERVICE, Service.class)
                .reduce(
                        NOTHING,
                        (made, service) -> made.after(Optional.empty(), Optional.of(service)),
                        (left, right) -> right);
    }

    /** A write on the writer's thread, without an id. */
    private record Deciding<T>(Function<Pending, Decision<T>> decision) implements Write<T> {
        @Override
        public Decision<T> decide(Pending pending) {
            return decision.apply(pending);
        }

        @Override
        public T repeated(Image durable, long revision) {
            throw new AssertionError("no request has an id");
        }
    }

    /** Compares the index with one made anew, and writes, or not. */
    private static Write<Boolean> comparing(
            AllocationIndex index, TreeMap<Key, Optional<Message>> changes) {
        return new Deciding<>(
                pending ->
                        new Decision.Accept<>(
                                changes,
                                Frontier.EMPTY,
                                owners(index.in(pending)).equals(owners(anew(pending)))));
    }

    /** Makes a Service with as many ports as it gets, or takes it away. */
    private static Write<Boolean> allocating(AllocationIndex index, Random random) {
        Key key = key(random.nextInt(12));
        boolean remove = random.nextInt(4) == 0;
        int wanted = 1 + random.nextInt(3);
        return new Deciding<>(
                pending -> {
                    Optional<Service> old = pending.image().find(Service.class, key);
                    NodePorts ports = index.in(pending).after(old, Optional.empty()).nodePorts();
                    Service.Builder service = Service.newBuilder();
                    service.getMetadataBuilder().setNamespace("default").setName(key.name());
                    service.getSpecBuilder().setType("NodePort");
                    for (int i = 0; i < wanted; i++) {
                        OptionalInt number = ports.choose(key);
                        if (number.isPresent()) {
                            NodePort port = new NodePort("TCP", number.getAsInt());
                            ports = ports.with(port, key);
                            service.getSpecBuilder()
                                    .addPorts(
                                            ServicePort.newBuilder()
                                                    .setProtocol(port.protocol())
                                                    .setNodePort(port.number()));
                        }
                    }
                    TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
                    changes.put(key, remove ? Optional.empty() : Optional.of(service.build()));
                    return new Decision.Accept<>(changes, Frontier.EMPTY, true);
                });
    }

    @Test
    void whateverBecomesOfTheGroupsNoTwoServicesShareANodePort() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
        int ports = 0;
        try (Shard shard = Shard.open("endpoint", disk.open(), SMALL)) {
            AllocationIndex index = new AllocationIndex(shard, NOTHING);
            for (int round = 0; round < 100; round++) {
                var unused = answers(disk, shard, random, () -> allocating(index, random));
                List<NodePort> had =
                        shard.image()
                                .all(Kinds.SERVICE, Service.class)
                                .flatMap(service -> NodePort.of(service).stream())
                                .toList();
                assertThat(had).as("seed " + seed + ", round " + round).doesNotHaveDuplicates();
                ports = Math.max(ports, had.size());
            }
        }
        assertThat(ports).as("the range was used up").isEqualTo(PORTS.size());
    }

    /** Groups that fail are forgotten, ones that may have failed are as the log says. */
    @Test
    void whateverBecomesOfTheGroupsTheIndexIsTheOneOfTheServices() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
        int answered = 0;
        try (Shard shard = Shard.open("endpoint", disk.open(), SMALL)) {
            AllocationIndex index = new AllocationIndex(shard, NOTHING);
            for (int round = 0; round < 100; round++) {
                List<Boolean> same =
                        answers(
                                disk,
                                shard,
                                random,
                                () ->
                                        comparing(
                                                index,
                                                random.nextInt(4) == 0
                                                        ? new TreeMap<>()
                                                        : changes(random)));
                assertThat(same).as("seed " + seed + ", round " + round).doesNotContain(false);
                answered += same.size();
            }
        }
        assertThat(answered).isGreaterThan(100);
    }

    /** Of some writes at once, on a log that may fail; those that failed have none. */
    private static List<Boolean> answers(
            SimulatedLog.Disk disk, Shard shard, Random random, Supplier<Write<Boolean>> writes)
            throws Exception {
        if (random.nextInt(3) == 0) {
            disk.fail(Fault.values()[random.nextInt(Fault.values().length)]);
        }
        List<CompletableFuture<Committed<Boolean>>> futures = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            futures.add(shard.write(writes.get()));
        }
        List<Boolean> answers = new ArrayList<>();
        for (var future : futures) {
            try {
                answers.add(future.get(20, TimeUnit.SECONDS).answer());
            } catch (ExecutionException failed) {
                assertThat(failed).cause().isInstanceOf(FailureException.class);
            }
        }
        return answers;
    }
}
