package dev.weir.dns.zone;

import dev.weir.changes.MapDelta;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.Ede;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.wire.RrSet;
import dev.weir.model.Cidr;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * The cluster zone and its reverse zones at one revision. Immutable.
 *
 * <p>A change costs the size of the Services it names, not of the zone, unless it changes ranges.
 * The result depends on what is there now, never on the order in which it came. Until {@link
 * #synced()} every name of ours gets SERVFAIL, never NXDOMAIN: what has not arrived yet is not
 * absent.
 */
public final class Zone {
    /** Knows nothing and is not in sync; for the default cluster domain. */
    public static final Zone EMPTY = empty(ZoneSettings.DEFAULT);

    /** SOA timers in seconds, as CoreDNS; for secondaries. */
    private static final int REFRESH = 7200;

    private static final int RETRY = 1800;
    private static final int EXPIRE = 86_400;

    /** Aliases followed inside the zone before we call it a loop. */
    private static final int MAX_ALIASES = 8;

    /** SRV targets whose addresses go along; the rest are a query away. */
    private static final int MAX_GLUE = 100;

    private final ZoneFrame frame;
    private final NameTree names;
    private final HashPMap<Key, DnsService> services;
    private final int serial;
    private final boolean synced;

    private Zone(
            ZoneFrame frame,
            NameTree names,
            HashPMap<Key, DnsService> services,
            int serial,
            boolean synced) {
        this.frame = frame;
        this.names = names;
        this.services = services;
        this.serial = serial;
        this.synced = synced;
    }

    /** A zone with its fixed names only, not in sync. */
    public static Zone empty(ZoneSettings settings) {
        ZoneFrame frame = ZoneFrame.of(settings, List.of());
        NameTree names = NameTree.EMPTY.replace("", Map.of(), frame.records());
        return new Zone(frame, names, HashTreePMap.empty(), 0, false);
    }

    /** This zone from now on answering for itself: everything up to some revision has arrived. */
    public Zone inSync() {
        return synced ? this : new Zone(frame, names, services, serial, true);
    }

    /** Whether {@link #inSync} has been called. */
    public boolean synced() {
        return synced;
    }

    /** SOA serial; the revision modulo 2^32. */
    public int serial() {
        return serial;
    }

    /**
     * The zone after a change.
     *
     * @param revision of the shard that owns Services, which becomes the serial
     */
    public Zone apply(ZoneDelta delta, long revision) {
        List<Cidr> ranges = delta.serviceCidrs().orElse(frame.added());
        return ranges.equals(frame.added())
                ? follow(delta, revision)
                : with(ZoneFrame.of(frame.settings(), ranges)).follow(delta, revision);
    }

    /** The same Services in another frame. Costs the size of the zone. */
    private Zone with(ZoneFrame other) {
        NameTree next = names.replace("", frame.records(), other.records());
        for (var service : services.entrySet()) {
            next =
                    next.replace(
                            giver(service.getKey()),
                            ServiceRecords.of(service.getValue(), frame),
                            ServiceRecords.of(service.getValue(), other));
        }
        return new Zone(other, next, services, serial, synced);
    }

    private Zone follow(ZoneDelta delta, long revision) {
        NameTree next = names;
        for (String namespace : delta.namespacesRemoved()) {
            next = next.replace(namespace, namespaceNames(namespace), Map.of());
        }
        for (String namespace : delta.namespacesPut()) {
            next = next.replace(namespace, Map.of(), namespaceNames(namespace));
        }
        MapDelta<Key, DnsService> changes = delta.services();
        HashPMap<Key, DnsService> left = services;
        for (Key key : changes.removes()) {
            next = next.replace(giver(key), recordsOf(left.get(key)), Map.of());
            left = left.minus(key);
        }
        for (var put : changes.puts().entrySet()) {
            Key key = put.getKey();
            next = next.replace(giver(key), recordsOf(left.get(key)), recordsOf(put.getValue()));
            left = left.plus(key, put.getValue());
        }
        return new Zone(frame, next, left, (int) revision, synced);
    }

    private static String giver(Key service) {
        return service.qualifiedName();
    }

    private Map<DnsName, List<RrSet>> recordsOf(@Nullable DnsService service) {
        return service == null ? Map.of() : ServiceRecords.of(service, frame);
    }

    private Map<DnsName, List<RrSet>> namespaceNames(String namespace) {
        return Map.of(
                frame.services().child(namespace), List.of(),
                frame.pods().child(namespace), List.of());
    }

    /** Answers a question of class IN. Asks for zone transfers are not questions to this method. */
    public ZoneAnswer answer(Question question) {
        DnsName apex = frame.enclosing(question.name());
        if (apex == null) {
            return new ZoneAnswer.Elsewhere(question, List.of());
        }
        if (!synced) {
            Ede why = new Ede(Ede.NOT_READY, "no services received yet");
            return new ZoneAnswer.Final(Reply.failure(Rcode.SERVFAIL, why));
        }
        return answer(question, apex);
    }

    private ZoneAnswer answer(Question question, DnsName firstApex) {
        int type = question.type();
        List<RrSet> aliases = new ArrayList<>();
        DnsName name = question.name();
        DnsName apex = firstApex;
        while (aliases.size() <= MAX_ALIASES) {
            Optional<Node> node = node(name);
            if (node.isEmpty()) {
                return negative(Rcode.NXDOMAIN, aliases, apex);
            }
            Optional<RrSet> found = find(node.get(), name, type, apex);
            if (found.isPresent()) {
                return positive(aliases, found.get());
            }
            Optional<RrSet> alias = node.get().find(RecordType.CNAME);
            if (alias.isEmpty()) {
                return negative(Rcode.NOERROR, aliases, apex);
            }
            aliases.add(alias.get());
            name = ((Rdata.Target) alias.get().data().getFirst()).name();
            apex = frame.enclosing(name);
            if (apex == null) {
                return new ZoneAnswer.Elsewhere(Question.in(name, type), aliases);
            }
        }
        return new ZoneAnswer.Final(
                Reply.failure(Rcode.SERVFAIL, new Ede(0, "external names form a loop")));
    }

    private Optional<Node> node(DnsName name) {
        Optional<Node> node = names.get(name);
        return node.isPresent() ? node : podNode(name);
    }

    /** Any address is a pod's name in a namespace that exists ("pods insecure" in CoreDNS). */
    private Optional<Node> podNode(DnsName name) {
        DnsName namespace = name.parent();
        if (namespace.isRoot()
                || !namespace.parent().equals(frame.pods())
                || names.get(namespace).isEmpty()) {
            return Optional.empty();
        }
        return DashedAddress.parse(name.firstLabel())
                .map(ip -> RrSet.of(name, Rdata.typeOf(ip), frame.ttl(), Rdata.of(ip)))
                .map(set -> Node.EMPTY.with("", List.of(set)));
    }

    private Optional<RrSet> find(Node node, DnsName name, int type, DnsName apex) {
        if (type == RecordType.SOA && name.equals(apex)) {
            return Optional.of(soa(apex));
        }
        return type == RecordType.ANY ? node.first() : node.find(type);
    }

    private ZoneAnswer positive(List<RrSet> aliases, RrSet found) {
        List<RrSet> answers = new ArrayList<>(aliases);
        answers.add(found);
        return new ZoneAnswer.Final(
                Reply.authoritative(Rcode.NOERROR, answers, List.of(), glue(found)));
    }

    private ZoneAnswer negative(int rcode, List<RrSet> aliases, DnsName apex) {
        return new ZoneAnswer.Final(
                Reply.authoritative(rcode, aliases, List.of(soa(apex)), List.of()));
    }

    /** The addresses of what the records lead to. */
    private List<RrSet> glue(RrSet set) {
        if (set.type() != RecordType.SRV && set.type() != RecordType.NS) {
            return List.of();
        }
        Set<DnsName> targets = new LinkedHashSet<>();
        for (Rdata data : set.data()) {
            if (data instanceof Rdata.Srv srv) {
                targets.add(srv.target());
            } else if (data instanceof Rdata.Target(DnsName target)) {
                targets.add(target);
            }
            if (targets.size() == MAX_GLUE) {
                break;
            }
        }
        List<RrSet> glue = new ArrayList<>();
        for (DnsName target : targets) {
            Node node = names.get(target).orElse(Node.EMPTY);
            node.find(RecordType.A).ifPresent(glue::add);
            node.find(RecordType.AAAA).ifPresent(glue::add);
        }
        return glue;
    }

    private RrSet soa(DnsName apex) {
        Rdata soa =
                new Rdata.Soa(
                        frame.server(),
                        frame.mailbox(),
                        serial,
                        REFRESH,
                        RETRY,
                        EXPIRE,
                        frame.ttl());
        return RrSet.of(apex, RecordType.SOA, frame.ttl(), soa);
    }

    /** Equal zones give equal answers. */
    @Override
    public boolean equals(Object o) {
        return o instanceof Zone other
                && frame.equals(other.frame)
                && names.equals(other.names)
                && services.equals(other.services)
                && serial == other.serial
                && synced == other.synced;
    }

    @Override
    public int hashCode() {
        return serial;
    }
}
