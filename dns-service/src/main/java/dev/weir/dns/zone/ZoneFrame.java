package dev.weir.dns.zone;

import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.RrSet;
import dev.weir.model.Cidr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The names that follow from the settings alone.
 *
 * @param added ranges whose reverse names are ours besides those of the settings
 * @param apexes of the zones we are authoritative for; none is inside another
 * @param services below which namespaces and Services are
 * @param pods below which namespaces and pod addresses are
 * @param server of the zones, in NS and SOA
 * @param mailbox of whoever is responsible, in SOA
 * @param ttl seconds
 */
record ZoneFrame(
        ZoneSettings settings,
        List<Cidr> added,
        List<DnsName> apexes,
        DnsName services,
        DnsName pods,
        DnsName server,
        DnsName mailbox,
        int ttl) {
    /** The version of the specification that we follow, as its section 2.2 wants to see it. */
    private static final String SPEC_VERSION = "1.1.0";

    /** Seconds; from the example in the specification. */
    private static final int SPEC_VERSION_TTL = 28_800;

    static ZoneFrame of(ZoneSettings settings, List<Cidr> added) {
        DnsName domain = settings.domain();
        return new ZoneFrame(
                settings,
                List.copyOf(added),
                outermost(settings, added),
                domain.child("svc"),
                domain.child("pod"),
                domain.child("dns").child("ns"),
                domain.child("hostmaster"),
                settings.ttl());
    }

    private static List<DnsName> outermost(ZoneSettings settings, List<Cidr> added) {
        List<DnsName> apexes = new ArrayList<>();
        apexes.add(settings.domain());
        for (Cidr range : Stream.concat(settings.reverse().stream(), added.stream()).toList()) {
            for (DnsName apex : ReverseName.zones(range)) {
                if (apexes.stream().noneMatch(apex::isAtOrBelow)) {
                    apexes.removeIf(inner -> inner.isAtOrBelow(apex));
                    apexes.add(apex);
                }
            }
        }
        return List.copyOf(apexes);
    }

    /** The apex of the zone of ours that a name is in; null outside. */
    @Nullable DnsName enclosing(DnsName name) {
        for (DnsName apex : apexes) {
            if (name.isAtOrBelow(apex)) {
                return apex;
            }
        }
        return null;
    }

    /** The names that are always there. SOA is not among them: it changes with each revision. */
    Map<DnsName, List<RrSet>> records() {
        Map<DnsName, List<RrSet>> records = new HashMap<>();
        for (DnsName apex : apexes) {
            Rdata target = new Rdata.Target(server);
            records.put(apex, List.of(RrSet.of(apex, RecordType.NS, ttl, target)));
        }
        records.put(services, List.of());
        records.put(pods, List.of());
        records.put(server, serverAddresses());
        DnsName version = settings.domain().child("dns-version");
        Rdata text = new Rdata.Txt(SPEC_VERSION);
        records.put(version, List.of(RrSet.of(version, RecordType.TXT, SPEC_VERSION_TTL, text)));
        return records;
    }

    private List<RrSet> serverAddresses() {
        List<RrSet> sets = new ArrayList<>();
        for (int type : new int[] {RecordType.A, RecordType.AAAA}) {
            List<Rdata> data =
                    settings.serverAddresses().stream()
                            .filter(ip -> Rdata.typeOf(ip) == type)
                            .map(Rdata::of)
                            .toList();
            if (!data.isEmpty()) {
                sets.add(new RrSet(server, type, ttl, data));
            }
        }
        return List.copyOf(sets);
    }
}
