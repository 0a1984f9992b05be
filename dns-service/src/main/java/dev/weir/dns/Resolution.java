package dev.weir.dns;

import dev.weir.dns.v1.Record;
import dev.weir.dns.v1.ResolveRequest;
import dev.weir.dns.v1.ResolveResponse;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.RrSet;
import dev.weir.dns.zone.Zone;
import dev.weir.dns.zone.ZoneAnswer;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A zone's answer in words. Pure. */
final class Resolution {
    private static final Map<String, Integer> TYPES =
            new TreeMap<>(
                    Map.of(
                            "A", RecordType.A,
                            "AAAA", RecordType.AAAA,
                            "CNAME", RecordType.CNAME,
                            "NS", RecordType.NS,
                            "PTR", RecordType.PTR,
                            "SOA", RecordType.SOA,
                            "SRV", RecordType.SRV,
                            "TXT", RecordType.TXT));

    private static final Map<Integer, String> RCODES =
            Map.of(
                    Rcode.NOERROR, "NOERROR",
                    Rcode.SERVFAIL, "SERVFAIL",
                    Rcode.NXDOMAIN, "NXDOMAIN",
                    Rcode.REFUSED, "REFUSED");

    private Resolution() {}

    /** Throws a BAD_REQUEST failure for what is no name or no type. */
    static ResolveResponse of(Zone zone, ResolveRequest request) {
        ResolveResponse.Builder response = ResolveResponse.newBuilder().setSerial(zone.serial());
        List<RrSet> answers =
                switch (zone.answer(Question.in(name(request), type(request)))) {
                    case ZoneAnswer.Final(var reply) -> {
                        response.setRcode(
                                RCODES.getOrDefault(reply.rcode(), "RCODE" + reply.rcode()));
                        yield reply.answers();
                    }
                    case ZoneAnswer.Elsewhere(var question, var aliases) -> {
                        response.setRcode("NOERROR").setOutside(true);
                        yield aliases;
                    }
                };
        for (RrSet set : answers) {
            for (Rdata data : set.data()) {
                response.addAnswers(
                        Record.newBuilder()
                                .setName(set.owner().toString())
                                .setType(word(set.type()))
                                .setTtl(set.ttl())
                                .setData(text(data)));
            }
        }
        return response.build();
    }

    private static DnsName name(ResolveRequest request) {
        try {
            return DnsName.of(request.getName());
        } catch (IllegalArgumentException e) {
            throw Failure.of(Reason.BAD_REQUEST, "name: " + e.getMessage()).asException();
        }
    }

    private static int type(ResolveRequest request) {
        Integer type = TYPES.get(request.getType().isEmpty() ? "A" : request.getType());
        if (type == null) {
            throw Failure.of(
                            Reason.BAD_REQUEST,
                            "type: \"" + request.getType() + "\" is none of " + TYPES.keySet())
                    .asException();
        }
        return type;
    }

    private static String word(int type) {
        return TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("TYPE" + type);
    }

    private static String text(Rdata data) {
        return switch (data) {
            case Rdata.A(int address) ->
                    new IpAddress(false, 0, Integer.toUnsignedLong(address)).toString();
            case Rdata.Aaaa(long high, long low) -> new IpAddress(true, high, low).toString();
            case Rdata.Target(var target) -> target.toString();
            case Rdata.Srv(int priority, int weight, int port, var target) ->
                    priority + " " + weight + " " + port + " " + target;
            case Rdata.Txt(var text) -> "\"" + text + "\"";
            case Rdata.Soa soa ->
                    String.join(
                            " ",
                            soa.primary().toString(),
                            soa.mailbox().toString(),
                            Integer.toUnsignedString(soa.serial()),
                            Integer.toString(soa.refresh()),
                            Integer.toString(soa.retry()),
                            Integer.toString(soa.expire()),
                            Integer.toString(soa.minimum()));
            case Rdata.Opaque(var octets) -> "\\# " + octets.remaining();
        };
    }
}
