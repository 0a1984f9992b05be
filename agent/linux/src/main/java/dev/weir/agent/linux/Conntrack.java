package dev.weir.agent.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
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
    private static final int MARK = 8;
    private static final int ID = 12;
    private static final int ZONE = 18;
    private static final int TUPLE_IP = 1;
    private static final int TUPLE_PROTOCOL = 2;

    private final NetlinkTransport transport;

    public Conntrack(NetlinkTransport transport) {
        this.transport = transport;
    }

    /** Opens the current thread's network namespace. */
    public static Conntrack open() throws IOException {
        return new Conntrack(NetlinkSocket.open(NetlinkSocket.Family.NETFILTER));
    }

    /** IPv4 or IPv6, by their AF_ numbers. */
    public enum Family {
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
     */
    public record Flow(Tuple original, Tuple reply, int mark) {}

    private record Entry(Flow flow, Attribute original, Attribute id, @Nullable Attribute zone) {}

    /** All tracked connections of a family; cost grows with their number. */
    public List<Flow> flows(Family family) throws IOException {
        return entries(family).stream().map(Entry::flow).toList();
    }

    /**
     * Deletes what {@code gone} accepts, in one pass over the table.
     *
     * @return how many entries were deleted; entries that vanish meanwhile do not count
     */
    public int delete(Family family, Predicate<Flow> gone) throws IOException {
        int deleted = 0;
        for (Entry entry : entries(family)) {
            if (gone.test(entry.flow()) && delete(family, entry)) {
                deleted++;
            }
        }
        return deleted;
    }

    /**
     * Gives connections another mark, in one pass over the table.
     *
     * @param mark the new mark from the flow, which is left alone if that is the one it has
     */
    public void mark(Family family, ToIntFunction<Flow> mark) throws IOException {
        for (Entry entry : entries(family)) {
            int wanted = mark.applyAsInt(entry.flow());
            if (wanted != entry.flow().mark()) {
                change(family, entry, UPDATE, out -> out.attributeBe32(MARK, wanted));
            }
        }
    }

    private boolean delete(Family family, Entry entry) throws IOException {
        return change(family, entry, DELETE, out -> out.attribute(ID, entry.id().bytes()));
    }

    /** False if the entry is gone meanwhile. */
    private boolean change(Family family, Entry entry, int type, Consumer<NetlinkWriter> what)
            throws IOException {
        try {
            Netlink.ask(
                    transport,
                    "change conntrack entry",
                    sequence -> {
                        NetlinkWriter out = new NetlinkWriter();
                        int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
                        int start = out.beginMessage(type, flags, sequence);
                        out.nfgenmsg(family.number, 0)
                                .attribute(
                                        ORIGINAL | NetlinkWriter.NESTED, entry.original().bytes());
                        what.accept(out);
                        if (entry.zone() != null) {
                            out.attribute(ZONE, entry.zone().bytes());
                        }
                        out.endMessage(start);
                        return out;
                    },
                    message -> {});
            return true;
        } catch (KernelException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private List<Entry> entries(Family family) throws IOException {
        return Netlink.dump(
                transport,
                "read conntrack",
                sequence -> {
                    NetlinkWriter out = new NetlinkWriter();
                    int flags = NetlinkMessage.REQUEST | NetlinkMessage.DUMP;
                    int start = out.beginMessage(GET, flags, sequence);
                    out.nfgenmsg(family.number, 0);
                    out.endMessage(start);
                    return out;
                },
                (message, into) -> {
                    Entry entry = entry(NftDecoder.attributes(message));
                    if (entry != null) {
                        into.add(entry);
                    }
                });
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
        Flow flow = new Flow(there, back, mark == null ? 0 : mark.be32());
        return new Entry(flow, copy(original), copy(id), copyOf(attributes, ZONE));
    }

    /** The transport reuses its buffer, so what outlives the dump is copied. */
    private static Attribute copy(Attribute attribute) {
        return new Attribute(attribute.type(), java.nio.ByteBuffer.wrap(attribute.bytes()));
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
