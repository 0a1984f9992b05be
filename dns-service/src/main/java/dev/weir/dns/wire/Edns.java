package dev.weir.dns.wire;

/**
 * What matters of an asker's OPT record (RFC 6891); its options are read over.
 *
 * @param udpSize octets the asker can take in one datagram, 0 to 65535
 * @param version 0 is the only one that exists
 * @param dnssecOk the DO bit (RFC 3225), the only flag that is echoed
 */
public record Edns(int udpSize, int version, boolean dnssecOk) {
    /** What we advertise and never exceed: fits every path MTU in practice (DNS flag day 2020). */
    public static final int UDP_SIZE = 1232;
}
