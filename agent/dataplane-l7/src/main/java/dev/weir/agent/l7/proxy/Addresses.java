package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.Peer;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** Reads the addresses of a connection's ends. */
final class Addresses {
    private static final long MAPPED = 0xffff;
    private static final IpAddress UNKNOWN = IpAddress.of("::");

    private Addresses() {}

    static Peer peer(Channel channel, IpAddress client, int port, boolean tls, List<Cidr> trusted) {
        return new Peer(
                client,
                of(channel.localAddress()),
                port,
                tls,
                trusted.stream().anyMatch(range -> range.contains(client)));
    }

    /** IPv4 as such, also when it came to an IPv6 socket; {@code ::} when the peer is gone. */
    static IpAddress of(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return UNKNOWN;
        }
        IpAddress ip = IpAddress.of(inet.getAddress().getAddress());
        return ip.v6() && ip.high() == 0 && ip.low() >>> 32 == MAPPED
                ? new IpAddress(false, 0, ip.low() & 0xffff_ffffL)
                : ip;
    }
}
