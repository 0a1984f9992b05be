package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weir.model.IpAddress;

/**
 * Who is at the other end of a client's connection, and what backends are told of it. Made once per
 * connection.
 */
public final class Peer {
    final boolean trusted;
    final byte[] client;
    final byte[] element;
    final byte[] local;
    final byte[] port;
    final byte[] scheme;

    /** All that does not depend on the request, when none of it is to be changed. */
    final byte[] headers;

    /**
     * @param client where the connection comes from
     * @param local the address that it came to
     * @param port that clients used, 1 to 65535
     * @param tls whether it is encrypted
     * @param trusted whether it is a proxy whose {@code Forwarded} and {@code X-Forwarded-*} are
     *     believed and added to; of anybody else they are replaced
     */
    public Peer(IpAddress client, IpAddress local, int port, boolean tls, boolean trusted) {
        this.trusted = trusted;
        this.client = client.toString().getBytes(ISO_8859_1);
        this.scheme = (tls ? "https" : "http").getBytes(ISO_8859_1);
        this.port = Integer.toString(port).getBytes(ISO_8859_1);
        this.local = (local.v6() ? "[" + local + "]" : local.toString()).getBytes(ISO_8859_1);
        String node = client.v6() ? "\"[" + client + "]\"" : client.toString();
        this.element = ("for=" + node + ";proto=" + (tls ? "https" : "http")).getBytes(ISO_8859_1);
        this.headers =
                ("X-Forwarded-For: "
                                + client
                                + "\r\n"
                                + "X-Forwarded-Proto: "
                                + (tls ? "https" : "http")
                                + "\r\n"
                                + "X-Forwarded-Port: "
                                + port
                                + "\r\n"
                                + "X-Real-IP: "
                                + client
                                + "\r\n")
                        .getBytes(ISO_8859_1);
    }
}
