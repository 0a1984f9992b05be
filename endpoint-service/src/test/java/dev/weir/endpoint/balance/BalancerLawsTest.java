package dev.weir.endpoint.balance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.AddressPoolSpec;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds after every change of random histories. */
class BalancerLawsTest {
    private static final int SERVICES = 12;
    private static final int CHANGES = 150;
    private static final int SERVICES_AT_ONCE = 2_000;

    private final Scene scene = new Scene();

    /** Pools are so small that some always wait. */
    private static SortedMap<Key, Optional<Message>> pool(Random random) {
        int number = random.nextInt(3);
        if (random.nextInt(3) == 0) {
            return Scene.removal(Kinds.ADDRESS_POOL.key("", "p" + number));
        }
        int size = 1 + random.nextInt(4);
        return Scene.change(
                AddressPool.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName("p" + number))
                        .setSpec(
                                AddressPoolSpec.newBuilder()
                                        .setAutoAssign(random.nextInt(4) > 0)
                                        .addAddresses(
                                                "192.0.2.%d0-192.0.2.%d%d"
                                                        .formatted(number + 1, number + 1, size))
                                        .addAddresses("2001:db8:%d::/127".formatted(number)))
                        .build());
    }

    /** Of a port that two of three have, so that they cannot all share. */
    private Service service(Random random, int number) {
        Service.Builder service =
                scene.find("s" + number)
                        .map(Service::toBuilder)
                        .orElseGet(() -> anew(random, number));
        service.getMetadataBuilder().clearAnnotations();
        if (random.nextInt(2) == 0) {
            service.getMetadataBuilder().putAnnotations(Wish.SHARING, "k" + random.nextInt(2));
        }
        if (random.nextInt(5) == 0) {
            service.getMetadataBuilder().putAnnotations(Wish.POOL, "p" + random.nextInt(3));
        }
        if (random.nextInt(5) == 0) {
            service.getMetadataBuilder()
                    .putAnnotations(Wish.ADDRESSES, "192.0.2.1" + random.nextInt(4));
        }
        service.getSpecBuilder()
                .setType(random.nextInt(6) == 0 ? "ClusterIP" : "LoadBalancer")
                .setExternalTrafficPolicy(random.nextInt(3) == 0 ? "Local" : "Cluster")
                .putSelector("app", "a" + random.nextInt(2))
                .clearIpFamilies()
                .addAllIpFamilies(
                        List.of(List.of("IPv4"), List.of("IPv6"), List.of("IPv4", "IPv6"))
                                .get(random.nextInt(3)));
        if (service.getStatus().getLoadBalancer().getIngressCount() == 0) {
            service.getSpecBuilder()
                    .clearPorts()
                    .addPorts(
                            ServicePort.newBuilder()
                                    .setProtocol(random.nextInt(2) == 0 ? "TCP" : "UDP")
                                    .setPort(80 + random.nextInt(2)));
        }
        if (!service.getSpec().getType().equals("LoadBalancer")) {
            service.clearStatus();
        }
        return service.build();
    }

    private static Service.Builder anew(Random random, int number) {
        Service.Builder service = Service.newBuilder();
        service.getMetadataBuilder()
                .setNamespace("shop")
                .setName("s" + number)
                .setUid("u" + number)
                .setCreationTimestamp(Timestamp.newBuilder().setSeconds(random.nextInt(5)));
        return service;
    }

    private SortedMap<Key, Optional<Message>> change(Random random) {
        int number = random.nextInt(SERVICES);
        return switch (random.nextInt(8)) {
            case 0, 1 -> pool(random);
            case 2 -> Scene.removal(Kinds.SERVICE.key("shop", "s" + number));
            default -> Scene.change(service(random, number));
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyHistoryLeavesEachWithWhatItMayHave(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CHANGES; i++) {
            if (random.nextInt(10) == 0) {
                node(random);
                holds("seed " + seed + " node at " + i);
            }
            Map<String, String> before = addresses();
            SortedMap<Key, Optional<Message>> first = change(random);
            SortedMap<Key, Optional<Message>> second =
                    random.nextInt(3) == 0 ? change(random) : new TreeMap<>();
            if (second.isEmpty() || second.firstKey().equals(first.firstKey())) {
                scene.apply(first);
                keepsWhatNothingTouched(before, first, "seed " + seed + " change " + i);
            } else {
                scene.overtaken(first, second);
            }
            holds("seed " + seed + " change " + i);
        }
    }

    /** Comes with an address of a pool, of either family; moves; or goes. */
    private void node(Random random) {
        String name = "n" + random.nextInt(3);
        switch (random.nextInt(3)) {
            case 0 -> scene.node(name);
            case 1 -> scene.node(name, "192.0.2.%d".formatted(10 + random.nextInt(30)));
            default ->
                    scene.node(
                            name,
                            "2001:db8:%d::%d".formatted(random.nextInt(3), random.nextInt(2)));
        }
    }

    private Map<String, String> addresses() {
        return scene.services()
                .collect(
                        Collectors.toMap(
                                service -> service.getMetadata().getName(),
                                service -> scene.at(service.getMetadata().getName())));
    }

    /** Who shares with nobody keeps its addresses when another Service changes. */
    private void keepsWhatNothingTouched(
            Map<String, String> before, SortedMap<Key, Optional<Message>> change, String as) {
        Key changed = change.firstKey();
        if (!changed.kind().equals("Service")) {
            return;
        }
        before.forEach(
                (name, addresses) -> {
                    boolean alone =
                            before.entrySet().stream()
                                    .filter(other -> !other.getKey().equals(name))
                                    .noneMatch(other -> meet(other.getValue(), addresses));
                    if (alone && !addresses.isEmpty() && !changed.name().equals(name)) {
                        assertThat(scene.at(name).split(","))
                                .as(as + ": " + name)
                                .contains(addresses.split(","));
                    }
                });
    }

    private static boolean meet(String some, String others) {
        return !Collections.disjoint(List.of(some.split(",")), List.of(others.split(",")));
    }

    private void holds(String as) {
        Map<IpAddress, Set<Tenancy>> there = new HashMap<>();
        scene.services()
                .forEach(
                        service ->
                                Tenancy.addresses(service)
                                        .forEach(
                                                address ->
                                                        there.computeIfAbsent(
                                                                        address,
                                                                        none -> new HashSet<>())
                                                                .add(Tenancy.of(service))));
        there.forEach(
                (address, tenants) -> {
                    assertThat(scene.pools())
                            .as(as + ": the pool of " + address)
                            .anyMatch(pool -> pool.contains(address));
                    assertThat(scene.nodes().contains(address))
                            .as(as + ": " + address + " is a node's")
                            .isFalse();
                    for (Tenancy one : tenants) {
                        assertThat(tenants)
                                .as(as + ": those at " + address)
                                .allMatch(other -> other == one || other.goesWith(one));
                    }
                });
        assertThat(scene.anew()).as(as + ": what a start would change").isEmpty();
    }

    private static Service named(Service service, int number, String note) {
        Service.Builder named = service.toBuilder();
        named.getMetadataBuilder().setName("s" + number).putAnnotations("note", note);
        return named.build();
    }

    @Test
    void aChangeCostsNotWhatAllServicesCost() {
        Service plain =
                Scene.read("any", "{}", "{type: LoadBalancer, ports: [{port: 80, protocol: TCP}]}");
        scene.pool("lab", "10.9.0.0/16");
        TreeMap<Key, Optional<Message>> all = new TreeMap<>();
        for (int i = 0; i < SERVICES_AT_ONCE; i++) {
            Service service = named(plain, i, "");
            all.put(Scene.key(service), Optional.of(service));
        }
        long start = System.nanoTime();
        scene.apply(all);
        long whole = System.nanoTime() - start;

        long then = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            Service now = scene.find("s" + i).orElseThrow();
            scene.put(named(now, i, "changed"));
        }
        long single = System.nanoTime() - then;

        assertThat(scene.at("s" + (SERVICES_AT_ONCE - 1))).isNotEmpty();
        System.out.printf(
                "%d Services: %d ms; 100 changes of one: %d ms%n",
                SERVICES_AT_ONCE, whole / 1_000_000, single / 1_000_000);
        assertThat(single).as("100 changes, next to all at once").isLessThan(whole);
    }
}
