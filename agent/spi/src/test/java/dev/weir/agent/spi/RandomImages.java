package dev.weir.agent.spi;

import dev.weir.changes.Frontier;
import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.Handling.Choice;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.LocalPod;
import dev.weir.model.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Node images that differ in every way, from a small world, so that successive ones have much in
 * common.
 */
final class RandomImages {
    private final Random random;

    RandomImages(long seed) {
        this.random = new Random(seed);
    }

    NodeImage next() {
        PMap<Frontend, Backends> services = HashTreePMap.empty();
        for (int i = random.nextInt(12); i > 0; i--) {
            boolean v6 = random.nextBoolean();
            services = services.plus(frontend(v6), backends(v6));
        }
        PMap<String, Set<IpAddress>> groups = HashTreePMap.empty();
        for (String name : List.of("ga", "gb", "gc")) {
            if (random.nextBoolean()) {
                groups = groups.plus(name, members());
            }
        }
        PMap<Key, LocalPod> pods = HashTreePMap.empty();
        for (int i = 1; i <= 4; i++) {
            if (random.nextBoolean()) {
                Key key = new Key("Pod", "default", "p" + i);
                pods = pods.plus(key, new LocalPod(key, podAddresses(i), filter(), filter()));
            }
        }
        PMap<Cidr, IpAddress> routes = HashTreePMap.empty();
        for (int i = 1; i <= 3; i++) {
            if (random.nextBoolean()) {
                routes =
                        routes.plus(
                                Cidr.of("10.244." + i + ".0/26"),
                                IpAddress.of("172.30.0." + (20 + random.nextInt(3))));
            }
            if (random.nextBoolean()) {
                routes =
                        routes.plus(
                                Cidr.of("fd00:10:244:" + i + "::/122"),
                                IpAddress.of("fd00:172:30::" + (20 + random.nextInt(3))));
            }
        }
        PMap<IpAddress, Set<String>> announcements = HashTreePMap.empty();
        for (boolean v6 : List.of(false, true)) {
            if (random.nextBoolean()) {
                announcements = announcements.plus(balancer(v6), Set.of("node"));
            }
        }
        return new NodeImage(
                Frontier.EMPTY,
                Map.of(),
                routes,
                services,
                pods,
                groups,
                announcements,
                HashTreePMap.empty(),
                ranges());
    }

    private List<Cidr> ranges() {
        return random.nextBoolean()
                ? List.of()
                : Stream.of("10.96.0.0/16", "10.97.0.0/16", "10.97.64.0/18", "fd00:10:96::/112")
                        .filter(text -> random.nextBoolean())
                        .map(Cidr::of)
                        .toList();
    }

    private static IpAddress balancer(boolean v6) {
        return IpAddress.of(v6 ? "2001:db8:5::20" : "203.0.113.20");
    }

    private Frontend frontend(boolean v6) {
        String base = v6 ? "fd00:10:96::" : "10.96.0.";
        IpAddress clusterIp = IpAddress.of(base + (20 + random.nextInt(4)));
        return new Frontend(
                random.nextInt(4) == 0 ? balancer(v6) : clusterIp,
                any(Protocol.values()),
                80 + random.nextInt(2),
                random.nextBoolean() ? Clients.ANYBODY : Clients.OWN);
    }

    private Backends backends(boolean v6) {
        Key service = new Key("Service", "default", "s" + random.nextInt(3));
        return new Backends(
                service,
                IntStream.range(0, random.nextInt(6))
                        .mapToObj(i -> podAddresses(random.nextInt(8)).get(v6 ? 1 : 0))
                        .map(
                                address ->
                                        new Backend(
                                                address,
                                                8080 + random.nextInt(2),
                                                random.nextBoolean()))
                        .toList(),
                new Handling(
                        random.nextBoolean(),
                        60 * random.nextInt(3),
                        any(Choice.values()),
                        random.nextBoolean(),
                        sources()));
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** Of both families or one, of some clients, of all, or without a limit. */
    private List<Cidr> sources() {
        return switch (random.nextInt(5)) {
            case 0 -> List.of(Cidr.of("198.51.100.0/24"), Cidr.of("2001:db8:7::/48"));
            case 1 -> List.of(Cidr.of("198.51.100.0/24"), Cidr.of("198.51.100.7/32"));
            case 2 -> List.of(Cidr.of("0.0.0.0/0"), Cidr.of("::/0"));
            default -> List.of();
        };
    }

    private static List<IpAddress> podAddresses(int number) {
        return List.of(IpAddress.of("10.244.0." + number), IpAddress.of("fd00:10:244::" + number));
    }

    private Set<IpAddress> members() {
        Set<IpAddress> members = new HashSet<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            members.addAll(podAddresses(random.nextInt(8)));
        }
        return members;
    }

    private Filter filter() {
        if (random.nextInt(3) == 0) {
            return Filter.OPEN;
        }
        List<Filter.Allow> rules = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            rules.add(new Filter.Allow(peer(), ports()));
        }
        return new Filter.Isolated(rules);
    }

    private Filter.Peer peer() {
        return switch (random.nextInt(4)) {
            case 0 -> new Filter.Anyone();
            case 1 -> new Filter.Block(Cidr.of("192.0.2.0/24"), List.of(Cidr.of("192.0.2.128/25")));
            case 2 -> new Filter.Block(Cidr.of("2001:db8::/32"), List.of());
            default -> new Filter.Group(List.of("ga", "gb", "gc").get(random.nextInt(3)));
        };
    }

    private List<Filter.Ports> ports() {
        return switch (random.nextInt(3)) {
            case 0 -> List.of();
            case 1 -> List.of(new Filter.Ports(Protocol.TCP, 8080, 8080));
            default ->
                    List.of(
                            new Filter.Ports(Protocol.TCP, 1000, 2000),
                            new Filter.Ports(Protocol.UDP, 53, 53));
        };
    }
}
