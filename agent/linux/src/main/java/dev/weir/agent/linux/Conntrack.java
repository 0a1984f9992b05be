package dev.weir.agent.linux;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads and deletes connection tracking entries by ctnetlink, in the network namespace of its
 * transport. Needed because a UDP flow to a removed endpoint would keep its translation as long as
 * the client keeps sending.
 */
public final class Conntrack implements AutoCloseable {
    private static final int SUBSYSTEM = 1;
    private static final int UPDATE = SUBSYSTEM << 8;
    private static final int GET = (SUBSYSTEM << 8) | 1;
    private static final int DELETE = (SUBSYSTEM << 8) | 2;
    private static final int ORIGINAL = 1;
    private static final int REPLY = 2;
    private static final int STATUS = 3;
    private static final int MARK = 8;
    private static final int ID = 12;
    private static final int ZONE = 18;
    private static final int FILTER = 25;
    private static final int STATUS_MASK = 26;
    private static final int TUPLE_IP = 1;
    private static final int TUPLE_PROTOCOL = 2;
    private static final int PROTOCOL_NUMBER = 1;

    /** IPS_SEEN_REPLY of linux/netfilter/nf_conntrack_common.h. */
    private static final int SEEN_REPLY = 1 << 1;

    /** Which fields of the original tuple are compared, in host order; and one of them. */
    private static final int FILTER_ORIGINAL = 1;

    private static final int COMPARE_PROTOCOL = 1 << 3;

    /** Entries that are changed by one datagram: the answers must fit the socket's buffer. */
    private static final int CHANGES = 1_000;

    private final NetlinkTransport transport;

    public Conntrack(NetlinkTransport transport) {
        this.transport = transport;
    }

    /** Opens the current thread's network namespace. */
    public static Conntrack open() throws IOException {
        return new Conntrack(NetlinkSocket.open(NetlinkSocket.Family.NETFILTER));
    }

    /** IPv4, IPv6 or both, by their AF_ numbers. */
    public enum Family {
        ANY(0),
        IPV4(2),
        IPV6(10);

        private final int number;

        Family(int number) {
            this.number = number;
        }
    }

    /** One direction of a connection. Ports are 0 for protocols without. */
    public record Tuple(
            InetAddress source, InetAddress destination, int protocol, int from, int to) {}

    /**
     * A tracked connection.
     *
     * @param original as the first packet came
     * @param reply as answers come: its source is the destination after translation
     * @param answered whether a packet came back
     */
    public record Flow(Tuple original, Tuple reply, int mark, boolean answered) {}

    /** What the kernel leaves out of a pass over the table, for it costs more than the pass. */
    public sealed interface Filter {
        /** Nothing. */
        record None() implements Filter {}

        /** All other protocols, by IP's number; not with {@link Family#ANY}. */
        record Only(int protocol) implements Filter {}

        /** Connections that got an answer. */
        record Unanswered() implements Filter {}

        /** As the kernel does. */
        private boolean accepts(Flow flow) {
            return switch (this) {
                case None none -> true;
                case Only only -> flow.original().protocol() == only.protocol();
                case Unanswered unanswered -> !flow.answered();
            };
        }
    }

    private record Entry(Flow flow, Attribute original, Attribute id, @Nullable Attribute zone) {
        Family family() {
            boolean v6 = flow.original().source() instanceof Inet6Address;
            return v6 ? Family.IPV6 : Family.IPV4;
        }
    }

    /** All tracked connections of a family; cost grows with their number. */
    public List<Flow> flows(Family family) throws IOException {
        return flows(entries(family, new Filter.None(), flow -> true));
    }

    /** Those that pass the kernel's filter and are {@code wanted}. */
    public List<Flow> flows(Family family, Filter filter, Predicate<Flow> wanted)
            throws IOException {
        return flows(entries(family, filter, wanted));
    }

    private static List<Flow> flows(List<Entry> entries) {
        return entries.stream().map(Entry::flow).toList();
    }

    /**
     * Deletes what passes the kernel's filter and what {@code gone} accepts, in one pass over the
     * table.
     *
     * @return how many entries were deleted; entries that vanish meanwhile do not count
     */
    public int delete(Family family, Filter filter, Predicate<Flow> gone) throws IOException {
        return change(
                entries(family, filter, gone),
                DELETE,
                (entry, out) -> out.attribute(ID, entry.id().bytes()));
    }

    /**
     * Gives connections another mark, in one pass over the table.
     *
     * @param mark the new mark from the flow, which is left alone if that is the one it has
     */
    public void mark(Family family, ToIntFunction<Flow> mark) throws IOException {
        change(
                entries(family, new Filter.None(), flow -> mark.applyAsInt(flow) != flow.mark()),
                UPDATE,
                (entry, out) -> out.attributeBe32(MARK, mark.applyAsInt(entry.flow())));
    }

    /** How many were changed: an entry may be gone meanwhile. */
    private int change(List<Entry> entries, int type, BiConsumer<Entry, NetlinkWriter> what)
            throws IOException {
        int changed = 0;
        for (int from = 0; from < entries.size(); from += CHANGES) {
            List<Entry> some = entries.subList(from, Math.min(entries.size(), from + CHANGES));
            int gone =
                    Netlink.askEach(
                            transport,
                            "change conntrack entries",
                            some,
                            (entry, sequence, out) -> {
                                int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
                                int start = out.beginMessage(type, flags, sequence);
                                out.nfgenmsg(entry.family().number, 0)
                                        .attribute(
                                                ORIGINAL | NetlinkWriter.NESTED,
                                                entry.original().bytes());
                                what.accept(entry, out);
                                if (entry.zone() != null) {
                                    out.attribute(ZONE, entry.zone().bytes());
                                }
                                out.endMessage(start);
                            },
                            Errno.ENOENT);
            changed += some.size() - gone;
        }
        return changed;
    }

    private List<Entry> entries(Family family, Filter filter, Predicate<Flow> wanted)
            throws IOException {
        return Netlink.dump(
                transport,
                "read conntrack",
                sequence -> {
                    NetlinkWriter out = new NetlinkWriter();
                    int flags = NetlinkMessage.REQUEST | NetlinkMessage.DUMP;
                    int start = out.beginMessage(GET, flags, sequence);
                    out.nfgenmsg(family.number, 0);
                    write(filter, out);
                    out.endMessage(start);
                    return out;
                },
                (message, into) -> {
                    Entry entry = entry(NftDecoder.attributes(message));
                    // Kernels before 5.8 know no filter and answer with everything.
                    if (entry != null
                            && filter.accepts(entry.flow())
                            && wanted.test(entry.flow())) {
                        into.add(entry);
                    }
                });
    }

    private static void write(Filter filter, NetlinkWriter out) {
        switch (filter) {
            case Filter.None none -> {}
            case Filter.Only only -> {
                int fields = out.beginNest(FILTER);
                out.attribute(FILTER_ORIGINAL, NetlinkWriter.hostOrder(COMPARE_PROTOCOL));
                out.endNest(fields);
                int tuple = out.beginNest(ORIGINAL);
                int part = out.beginNest(TUPLE_PROTOCOL);
                out.attribute(PROTOCOL_NUMBER, new byte[] {(byte) only.protocol()});
                out.endNest(part);
                out.endNest(tuple);
            }
            case Filter.Unanswered unanswered ->
                    out.attributeBe32(STATUS, 0).attributeBe32(STATUS_MASK, SEEN_REPLY);
        }
    }

    private static @Nullable Entry entry(List<Attribute> attributes) throws IOException {
        Attribute original = Attribute.find(attributes, ORIGINAL);
        Attribute reply = Attribute.find(attributes, REPLY);
        Attribute id = Attribute.find(attributes, ID);
        Attribute mark = Attribute.find(attributes, MARK);
        if (original == null || reply == null || id == null) {
            return null;
        }
        Tuple there = tuple(original);
        Tuple back = tuple(reply);
        if (there == null || back == null) {
            return null;
        }
        Attribute status = Attribute.find(attributes, STATUS);
        boolean answered = status != null && (status.be32() & SEEN_REPLY) != 0;
        Flow flow = new Flow(there, back, mark == null ? 0 : mark.be32(), answered);
        return new Entry(flow, copy(original), copy(id), copyOf(attributes, ZONE));
    }

    /** The transport reuses its buffer, so what outlives the dump is copied. */
    private static Attribute copy(Attribute attribute) {
        return new Attribute(attribute.type(), ByteBuffer.wrap(attribute.bytes()));
    }

    private static @Nullable Attribute copyOf(List<Attribute> attributes, int type) {
        Attribute found = Attribute.find(attributes, type);
        return found == null ? null : copy(found);
    }

    private static @Nullable Tuple tuple(Attribute nest) throws IOException {
        InetAddress source = null;
        InetAddress destination = null;
        int protocol = 0;
        int from = 0;
        int to = 0;
        for (Attribute part : nest.nested()) {
            for (Attribute field : part.nested()) {
                switch (part.type() << 8 | field.type()) {
                    case TUPLE_IP << 8 | 1, TUPLE_IP << 8 | 3 ->
                            source = InetAddress.getByAddress(field.bytes());
                    case TUPLE_IP << 8 | 2, TUPLE_IP << 8 | 4 ->
                            destination = InetAddress.getByAddress(field.bytes());
                    case TUPLE_PROTOCOL << 8 | 1 -> protocol = field.value().get(0) & 0xff;
                    case TUPLE_PROTOCOL << 8 | 2 -> from = field.be16();
                    case TUPLE_PROTOCOL << 8 | 3 -> to = field.be16();
                    default -> {} // ICMP type, code and id
                }
            }
        }
        return source == null || destination == null
                ? null
                : new Tuple(source, destination, protocol, from, to);
    }

    @Override
    public void close() {
        transport.close();
    }
}
