package dev.weir.dns.zone;

import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.RrSet;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Map;

/** Records as lines of text, without TTL. */
final class Lines {
    static final Map<String, Integer> TYPES =
            Map.ofEntries(
                    Map.entry("A", RecordType.A),
                    Map.entry("AAAA", RecordType.AAAA),
                    Map.entry("SRV", RecordType.SRV),
                    Map.entry("CNAME", RecordType.CNAME),
                    Map.entry("PTR", RecordType.PTR),
                    Map.entry("SOA", RecordType.SOA),
                    Map.entry("NS", RecordType.NS),
                    Map.entry("TXT", RecordType.TXT),
                    Map.entry("ANY", RecordType.ANY),
                    Map.entry("MX", 15),
                    Map.entry("HINFO", 13),
                    Map.entry("DS", 43));

    private Lines() {}

    static List<String> of(List<RrSet> sets) {
        return sets.stream()
                .flatMap(
                        set -> set.data().stream().map(data -> set.owner() + " " + text(set, data)))
                .sorted()
                .toList();
    }

    private static String text(RrSet set, Rdata data) {
        return switch (data) {
            case Rdata.A(int address) ->
                    "A " + new IpAddress(false, 0, Integer.toUnsignedLong(address));
            case Rdata.Aaaa(long high, long low) -> "AAAA " + new IpAddress(true, high, low);
            case Rdata.Target(var name) -> typeName(set.type()) + " " + name;
            case Rdata.Srv(int priority, int weight, int port, var target) ->
                    "SRV " + priority + " " + weight + " " + port + " " + target;
            case Rdata.Txt(String text) -> "TXT " + text;
            case Rdata.Soa soa ->
                    "SOA %s %s %d %d %d %d %d"
                            .formatted(
                                    soa.primary(),
                                    soa.mailbox(),
                                    soa.serial(),
                                    soa.refresh(),
                                    soa.retry(),
                                    soa.expire(),
                                    soa.minimum());
            case Rdata.Opaque opaque -> throw new AssertionError("a zone has none");
        };
    }

    private static String typeName(int type) {
        return TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .findFirst()
                .orElseThrow()
                .getKey();
    }
}
