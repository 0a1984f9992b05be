package dev.weir.agent.nft;

import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Frontier;
import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Frontend;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.LocalPod;
import dev.weir.model.Protocol;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** Node images for the lab, changed step by step as an agent's would be. */
final class Images {
    static final NodeSettings SETTINGS =
            new NodeSettings(
                    "node",
                    List.of(Lab.NODE4, Lab.NODE6),
                    List.of(Cidr.of("10.1.0.0/16"), Cidr.of("fd01::/32")),
                    List.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd96::/64")));

    private NodeImage image = NodeImage.EMPTY;
    private NodeImage applied = NodeImage.EMPTY;
    private long lastNanos;
    private long lastCpuNanos;

    private Images with(
            PMap<Cidr, IpAddress> routes,
            PMap<Frontend, Backends> services,
            PMap<Key, LocalPod> pods,
            PMap<String, Set<IpAddress>> groups) {
        image =
                new NodeImage(
                        Frontier.EMPTY,
                        Map.of(),
                        routes,
                        services,
                        pods,
                        groups,
                        image.announcements(),
                        image.healthChecks(),
                        image.serviceCidrs());
        return this;
    }

    /** Makes these the addresses of load balancers. */
    Images announced(IpAddress... addresses) {
        PMap<IpAddress, Set<String>> announcements = HashTreePMap.empty();
        for (IpAddress address : addresses) {
            announcements = announcements.plus(address, Set.of("node"));
        }
        image =
                new NodeImage(
                        Frontier.EMPTY,
                        Map.of(),
                        image.routes(),
                        image.services(),
                        image.pods(),
                        image.groups(),
                        announcements,
                        image.healthChecks(),
                        image.serviceCidrs());
        return this;
    }

    /** Makes these the ranges of cluster IPs. */
    Images ranges(Cidr... ranges) {
        image =
                new NodeImage(
                        Frontier.EMPTY,
                        Map.of(),
                        image.routes(),
                        image.services(),
                        image.pods(),
                        image.groups(),
                        image.announcements(),
                        image.healthChecks(),
                        List.of(ranges));
        return this;
    }

    /** Both pods, open. */
    static Images withPods() {
        return new Images().pod(Lab.Place.A).pod(Lab.Place.B);
    }

    static IpAddress vip(boolean v6, int number) {
        return IpAddress.of((v6 ? "fd96::" : "10.96.0.") + number);
    }

    static Frontend frontend(IpAddress address, Protocol protocol, int port) {
        return new Frontend(address, protocol, port);
    }

    Images pod(Lab.Place place) {
        return pod(place, Filter.OPEN, Filter.OPEN);
    }

    Images pod(Lab.Place place, Filter ingress, Filter egress) {
        Key key = new Key("Pod", "default", place.name());
        List<IpAddress> addresses = List.of(place.address(false), place.address(true));
        LocalPod pod = new LocalPod(key, addresses, ingress, egress);
        return with(image.routes(), image.services(), image.pods().plus(key, pod), image.groups());
    }

    Images withoutPod(Lab.Place place) {
        Key key = new Key("Pod", "default", place.name());
        return with(image.routes(), image.services(), image.pods().minus(key), image.groups());
    }

    Images group(String name, IpAddress... members) {
        return with(
                image.routes(),
                image.services(),
                image.pods(),
                image.groups().plus(name, Set.of(members)));
    }

    Images service(Frontend frontend, Backend... backends) {
        return service(frontend, Handling.PLAIN, backends);
    }

    Images service(Frontend frontend, Handling handling, Backend... backends) {
        Key key = new Key("Service", "default", "s" + frontend);
        Backends value = new Backends(key, List.of(backends), handling);
        return with(
                image.routes(),
                image.services().plus(frontend, value),
                image.pods(),
                image.groups());
    }

    Images services(Map<Frontend, Backends> all) {
        return with(image.routes(), HashTreePMap.from(all), image.pods(), image.groups());
    }

    Images withoutService(Frontend frontend) {
        return with(image.routes(), image.services().minus(frontend), image.pods(), image.groups());
    }

    /** Makes the address that of another node, which has this block. */
    Images route(String block, IpAddress node) {
        return with(
                image.routes().plus(Cidr.of(block), node),
                image.services(),
                image.pods(),
                image.groups());
    }

    Images withoutRoute(String block) {
        return with(
                image.routes().minus(Cidr.of(block)),
                image.services(),
                image.pods(),
                image.groups());
    }

    static Backend backend(Lab.Place place, boolean v6, int port) {
        return new Backend(place.address(v6), port, place != Lab.Place.OUT);
    }

    /** Calls the plane with what changed since the last call. */
    Outcome applyTo(NftDataPlane plane) {
        NodeDelta delta = NodeDelta.between(applied, image);
        long start = System.nanoTime();
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Outcome outcome = plane.apply(image, delta);
        lastCpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
        lastNanos = System.nanoTime() - start;
        applied = image;
        return outcome;
    }

    /** How long the plane took the last time. */
    long lastNanos() {
        return lastNanos;
    }

    /** How much of a processor it took of that, in the kernel too. */
    long lastCpuNanos() {
        return lastCpuNanos;
    }

    NodeImage image() {
        return image;
    }

    static Filter allow(Filter.Peer peer, Filter.Ports... ports) {
        return new Filter.Isolated(List.of(new Filter.Allow(peer, List.of(ports))));
    }

    static Filter.Ports tcp(int first, int last) {
        return new Filter.Ports(Protocol.TCP, first, last);
    }

    static Set<String> places(List<String> greetings) {
        Set<String> places = new HashSet<>();
        greetings.forEach(g -> places.add(g.split(" ")[0]));
        return places;
    }
}
