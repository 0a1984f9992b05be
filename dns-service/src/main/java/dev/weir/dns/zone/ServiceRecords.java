package dev.weir.dns.zone;

import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.RrSet;
import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The names that one Service brings into the zone and their records.
 *
 * <p>Source of the rules: Kubernetes DNS-based service discovery 1.1.0, sections 2.3 to 2.5. A
 * Service without anything to resolve to brings no name, so that its name does not exist.
 */
final class ServiceRecords {
    /** CoreDNS shares this out among the targets of one name; each keeps at least 1. */
    private static final int WEIGHT_TO_SHARE = 100;

    private final ZoneFrame frame;
    private final Map<DnsName, Map<Integer, Set<Rdata>>> found = new HashMap<>();
    private final Map<DnsName, Set<Location>> locations = new HashMap<>();

    private ServiceRecords(ZoneFrame frame) {
        this.frame = frame;
    }

    /** Where an SRV record leads, before its weight is known. */
    private record Location(int port, DnsName target) {}

    static Map<DnsName, List<RrSet>> of(DnsService service, ZoneFrame frame) {
        ServiceRecords records = new ServiceRecords(frame);
        DnsName name = frame.services().child(service.namespace()).child(service.name());
        if (service.externalName().isPresent()) {
            records.add(
                    name, RecordType.CNAME, new Rdata.Target(service.externalName().orElseThrow()));
        } else if (service.headless()) {
            service.endpoints().stream()
                    .filter(DnsEndpoint::ready)
                    .forEach(endpoint -> records.endpoint(name, endpoint));
        } else {
            records.cluster(name, service);
        }
        return records.build();
    }

    private void cluster(DnsName name, DnsService service) {
        for (IpAddress ip : service.clusterIps()) {
            address(name, ip);
            pointer(ip, name);
        }
        if (!service.clusterIps().isEmpty()) {
            locate(name, service.ports(), name);
        }
    }

    private void endpoint(DnsName name, DnsEndpoint endpoint) {
        DnsName host = name.child(endpoint.label());
        address(name, endpoint.ip());
        address(host, endpoint.ip());
        pointer(endpoint.ip(), host);
        locate(name, endpoint.ports(), host);
    }

    private void address(DnsName name, IpAddress ip) {
        add(name, Rdata.typeOf(ip), Rdata.of(ip));
    }

    private void pointer(IpAddress ip, DnsName target) {
        DnsName name = ReverseName.of(ip);
        if (frame.enclosing(name) != null) {
            add(name, RecordType.PTR, new Rdata.Target(target));
        }
    }

    /** SRV at {@code _port._protocol}, and, as CoreDNS does, all ports at the bare name. */
    private void locate(DnsName name, List<DnsPort> ports, DnsName target) {
        for (DnsPort port : ports) {
            Location location = new Location(port.port(), target);
            locations.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(location);
            if (!port.name().isEmpty()) {
                String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
                DnsName portName = name.child("_" + protocol).child("_" + port.name());
                locations.computeIfAbsent(portName, n -> new LinkedHashSet<>()).add(location);
            }
        }
    }

    private void add(DnsName name, int type, Rdata data) {
        found.computeIfAbsent(name, n -> new TreeMap<>())
                .computeIfAbsent(type, t -> new LinkedHashSet<>())
                .add(data);
    }

    private Map<DnsName, List<RrSet>> build() {
        locations.forEach(
                (name, at) -> {
                    int weight = Math.max(1, WEIGHT_TO_SHARE / at.size());
                    for (Location l : at) {
                        Rdata data = new Rdata.Srv(0, weight, l.port(), l.target());
                        add(name, RecordType.SRV, data);
                    }
                });
        Map<DnsName, List<RrSet>> records = new HashMap<>();
        found.forEach(
                (name, byType) -> {
                    List<RrSet> sets = new ArrayList<>(byType.size());
                    byType.forEach(
                            (type, data) ->
                                    sets.add(
                                            new RrSet(name, type, frame.ttl(), List.copyOf(data))));
                    records.put(name, List.copyOf(sets));
                });
        return records;
    }
}
