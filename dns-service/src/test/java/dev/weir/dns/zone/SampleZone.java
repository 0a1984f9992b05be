package dev.weir.dns.zone;

import dev.weir.changes.MapDelta;
import dev.weir.dns.wire.DnsName;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A small cluster with one Service of every kind. */
public final class SampleZone {
    public static final ZoneSettings SETTINGS =
            new ZoneSettings(
                    DnsName.of("cluster.local"),
                    5,
                    List.of(IpAddress.of("10.96.0.10"), IpAddress.of("fd00:10:96::a")),
                    List.of(
                            Cidr.of("10.96.0.0/12"),
                            Cidr.of("10.244.0.0/16"),
                            Cidr.of("fd00:10:96::/112"),
                            Cidr.of("fd00:10:244::/48")));

    public static final List<DnsService> SERVICES =
            List.of(
                    cluster("v4", List.of("10.96.0.1"), tcp("http", 80), udp("dns", 53)),
                    cluster("v6", List.of("fd00:10:96::1"), tcp("http", 80)),
                    cluster("dual", List.of("10.96.0.2", "fd00:10:96::2"), tcp("http", 80)),
                    cluster("bare", List.of("10.96.0.3"), tcp("", 8080)),
                    cluster("pending", List.of(), tcp("http", 80)),
                    headless(
                            "set",
                            endpoint("db-0", "10.244.0.3", true, udp("c-port", 1234)),
                            endpoint(null, "10.244.0.2", true, udp("c-port", 1234)),
                            endpoint("db-0", "fd00:10:244::3", true, udp("c-port", 1234)),
                            endpoint(null, "fd00:10:244::4", true, udp("c-port", 1234)),
                            endpoint("db-9", "10.244.0.9", false, udp("c-port", 1234))),
                    headless("down", endpoint("db-0", "10.244.0.7", false, tcp("http", 80))),
                    headless("portless", endpoint("one", "10.244.0.8", true)),
                    headless("twin", endpoint("other", "10.244.0.2", true)),
                    external("out", "www.Example.net"),
                    external("in", "v4.prod.svc.cluster.local"),
                    external("gone", "absent.prod.svc.cluster.local"),
                    external("tick", "tock.prod.svc.cluster.local"),
                    external("tock", "tick.prod.svc.cluster.local"),
                    external("literal", null));

    private SampleZone() {}

    /** In sync, serial 7. */
    public static Zone zone() {
        return Zone.empty(SETTINGS).apply(puts(SERVICES, "prod", "bleak"), 7).inSync();
    }

    public static ZoneDelta puts(List<DnsService> services, String... namespaces) {
        return new ZoneDelta(
                new MapDelta<>(
                        services.stream()
                                .collect(Collectors.toMap(DnsService::key, Function.identity())),
                        Set.of()),
                Set.of(namespaces),
                Set.of());
    }

    public static DnsService cluster(String name, List<String> ips, DnsPort... ports) {
        return new DnsService(
                "prod",
                name,
                ips.stream().map(IpAddress::of).toList(),
                false,
                Optional.empty(),
                List.of(ports),
                List.of());
    }

    public static DnsService headless(String name, DnsEndpoint... endpoints) {
        return new DnsService(
                "prod",
                name,
                List.of(),
                true,
                Optional.empty(),
                List.of(),
                Arrays.asList(endpoints));
    }

    public static DnsService external(String name, String target) {
        return new DnsService(
                "prod",
                name,
                List.of(),
                false,
                Optional.ofNullable(target).map(DnsName::of),
                List.of(),
                List.of());
    }

    public static DnsEndpoint endpoint(String host, String ip, boolean ready, DnsPort... ports) {
        return new DnsEndpoint(
                Optional.ofNullable(host),
                IpAddress.of(ip),
                ready,
                Optional.empty(),
                List.of(ports));
    }

    public static DnsPort tcp(String name, int port) {
        return new DnsPort(name, Protocol.TCP, port);
    }

    public static DnsPort udp(String name, int port) {
        return new DnsPort(name, Protocol.UDP, port);
    }
}
