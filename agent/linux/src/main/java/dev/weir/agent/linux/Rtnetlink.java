package dev.weir.agent.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads links, addresses, routes and neighbours by rtnetlink, in the network namespace of its
 * transport, without starting a process. Changes go through {@link IpBatch}.
 */
public final class Rtnetlink implements AutoCloseable {
    private static final int GET_LINK = 18;
    private static final int GET_ADDRESS = 22;
    private static final int GET_ROUTE = 26;
    private static final int GET_NEIGHBOUR = 30;
    private static final int GET_RULE = 34;
    private static final int LINK_HEADER = 16;
    private static final int ADDRESS_HEADER = 8;
    private static final int ROUTE_HEADER = 12;
    private static final int NEIGHBOUR_HEADER = 12;
    private static final int RULE_HEADER = 12;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IFF_UP = 1;

    private final NetlinkTransport transport;

    public Rtnetlink(NetlinkTransport transport) {
        this.transport = transport;
    }

    /** Opens the current thread's network namespace. */
    public static Rtnetlink open() throws IOException {
        return new Rtnetlink(NetlinkSocket.open(NetlinkSocket.Family.ROUTE));
    }

    /**
     * @param kind the driver's name, such as veth or vxlan; empty for hardware and loopback
     * @param mac six bytes as "02:00:..."; empty if there is none
     * @param peer index of the lower link or of a veth's other end; 0 if none
     * @param alias free text that somebody gave the link; empty if none
     */
    public record Link(
            int index,
            String name,
            String kind,
            boolean up,
            int mtu,
            String mac,
            int peer,
            String alias) {}

    /** An address of an interface. */
    public record Address(int link, InetAddress address, int prefix) {}

    /**
     * A unicast, local, prohibit ... route.
     *
     * @param type RTN_ number of linux/rtnetlink.h: 1 unicast, 2 local, 6 blackhole, 7 unreachable,
     *     8 prohibit
     * @param destination null for the default route
     * @param link index of the outgoing interface; 0 if none
     */
    public record Route(
            int table,
            int type,
            int protocol,
            @Nullable InetAddress destination,
            int prefix,
            @Nullable InetAddress gateway,
            int link,
            @Nullable InetAddress source) {}

    /**
     * An ARP, ND or forwarding database entry.
     *
     * @param destination null for forwarding entries without one
     * @param family 2 IPv4, 10 IPv6, 7 bridge and VXLAN forwarding
     * @param state NUD_ bits; 0x80 is permanent
     */
    public record Neighbour(
            int link, int family, @Nullable InetAddress destination, String mac, int state) {}

    /**
     * A rule of policy routing; what is not said is null, empty or 0.
     *
     * @param action FR_ACT_ number of linux/fib_rules.h: 1 look up, 6 blackhole, 7 unreachable, 8
     *     prohibit
     * @param protocol who made it
     */
    public record Rule(
            boolean v6,
            int priority,
            @Nullable InetAddress from,
            int fromPrefix,
            @Nullable InetAddress to,
            int toPrefix,
            String incoming,
            int mark,
            int mask,
            int action,
            int table,
            int protocol) {}

    public List<Link> links() throws IOException {
        return dump(GET_LINK, 0, LINK_HEADER, (message, into) -> into.add(link(message)));
    }

    public List<Address> addresses() throws IOException {
        return dump(
                GET_ADDRESS,
                0,
                ADDRESS_HEADER,
                (message, into) -> {
                    ByteBuffer body = message.body();
                    InetAddress address = null;
                    for (Attribute a : Attribute.parse(Attribute.after(body, ADDRESS_HEADER))) {
                        // IFA_LOCAL is ours where it differs from IFA_ADDRESS, the peer's
                        if (a.type() == 2 || (a.type() == 1 && address == null)) {
                            address = InetAddress.getByAddress(a.bytes());
                        }
                    }
                    if (address != null) {
                        into.add(new Address(body.getInt(4), address, body.get(1) & 0xff));
                    }
                });
    }

    /** Routes of both families in all tables. */
    public List<Route> routes() throws IOException {
        return dump(GET_ROUTE, 0, ROUTE_HEADER, (message, into) -> into.add(route(message)));
    }

    /** Neighbours of both families. */
    public List<Neighbour> neighbours() throws IOException {
        return dump(GET_NEIGHBOUR, 0, NEIGHBOUR_HEADER, (m, into) -> into.add(neighbour(m)));
    }

    /** Forwarding database of bridges and VXLAN links. */
    public List<Neighbour> forwardings() throws IOException {
        return dump(GET_NEIGHBOUR, 7, NEIGHBOUR_HEADER, (m, into) -> into.add(neighbour(m)));
    }

    /** Rules of policy routing of both families. */
    public List<Rule> rules() throws IOException {
        return dump(
                GET_RULE,
                0,
                RULE_HEADER,
                (message, into) -> {
                    int family = message.body().get(0);
                    if (family == AF_INET || family == AF_INET6) {
                        into.add(rule(message));
                    }
                });
    }

    private <T> List<T> dump(int type, int family, int header, Netlink.DumpDecoder<T> decoder)
            throws IOException {
        return Netlink.dump(
                transport,
                "read " + type,
                sequence -> {
                    NetlinkWriter out = new NetlinkWriter();
                    int flags = NetlinkMessage.REQUEST | NetlinkMessage.DUMP;
                    int start = out.beginMessage(type, flags, sequence);
                    byte[] body = new byte[header];
                    body[0] = (byte) family;
                    out.raw(body);
                    out.endMessage(start);
                    return out;
                },
                decoder);
    }

    private static Link link(NetlinkMessage message) throws IOException {
        ByteBuffer body = message.body();
        String name = "";
        String kind = "";
        String mac = "";
        String alias = "";
        int mtu = 0;
        int peer = 0;
        for (Attribute a : Attribute.parse(Attribute.after(body, LINK_HEADER))) {
            switch (a.type()) {
                case 1 -> mac = mac(a.bytes());
                case 3 -> name = a.string();
                case 4 -> mtu = a.value().getInt(0);
                case 5 -> peer = a.value().getInt(0);
                case 18 -> {
                    Attribute k = Attribute.find(a.nested(), 1);
                    kind = k == null ? "" : k.string();
                }
                case 20 -> alias = a.string();
                default -> {} // statistics and the like
            }
        }
        boolean up = (body.getInt(8) & IFF_UP) != 0;
        return new Link(body.getInt(4), name, kind, up, mtu, mac, peer, alias);
    }

    private static Route route(NetlinkMessage message) throws IOException {
        ByteBuffer body = message.body();
        int table = body.get(4) & 0xff;
        InetAddress destination = null;
        InetAddress gateway = null;
        InetAddress source = null;
        int link = 0;
        for (Attribute a : Attribute.parse(Attribute.after(body, ROUTE_HEADER))) {
            switch (a.type()) {
                case 1 -> destination = InetAddress.getByAddress(a.bytes());
                case 4 -> link = a.value().getInt(0);
                case 5 -> gateway = InetAddress.getByAddress(a.bytes());
                case 7 -> source = InetAddress.getByAddress(a.bytes());
                case 15 -> table = a.value().getInt(0);
                default -> {} // metrics, preferences
            }
        }
        int prefix = body.get(1) & 0xff;
        int type = body.get(7) & 0xff;
        int protocol = body.get(5) & 0xff;
        return new Route(table, type, protocol, destination, prefix, gateway, link, source);
    }

    private static Rule rule(NetlinkMessage message) throws IOException {
        ByteBuffer body = message.body();
        InetAddress from = null;
        InetAddress to = null;
        String incoming = "";
        int priority = 0;
        int mark = 0;
        int mask = 0;
        int protocol = 0;
        int table = body.get(4) & 0xff;
        for (Attribute a : Attribute.parse(Attribute.after(body, RULE_HEADER))) {
            switch (a.type()) {
                case 1 -> to = InetAddress.getByAddress(a.bytes());
                case 2 -> from = InetAddress.getByAddress(a.bytes());
                case 3 -> incoming = a.string();
                case 6 -> priority = a.value().getInt(0);
                case 10 -> mark = a.value().getInt(0);
                case 15 -> table = a.value().getInt(0);
                case 16 -> mask = a.value().getInt(0);
                case 21 -> protocol = a.value().get(0) & 0xff;
                default -> {} // suppressors, ports
            }
        }
        return new Rule(
                body.get(0) == AF_INET6,
                priority,
                from,
                body.get(2) & 0xff,
                to,
                body.get(1) & 0xff,
                incoming,
                mark,
                mask,
                body.get(7) & 0xff,
                table,
                protocol);
    }

    private static Neighbour neighbour(NetlinkMessage message) throws IOException {
        ByteBuffer body = message.body();
        InetAddress destination = null;
        String mac = "";
        for (Attribute a : Attribute.parse(Attribute.after(body, NEIGHBOUR_HEADER))) {
            switch (a.type()) {
                case 1 -> destination = InetAddress.getByAddress(a.bytes());
                case 2 -> mac = mac(a.bytes());
                default -> {} // cache statistics
            }
        }
        int family = body.get(0) & 0xff;
        int state = body.getShort(8) & 0xffff;
        return new Neighbour(body.getInt(4), family, destination, mac, state);
    }

    private static String mac(byte[] bytes) {
        return java.util.HexFormat.ofDelimiter(":").formatHex(bytes);
    }

    @Override
    public void close() {
        transport.close();
    }
}
