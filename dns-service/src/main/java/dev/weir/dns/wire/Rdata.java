package dev.weir.dns.wire;

import dev.weir.model.IpAddress;
import java.nio.ByteBuffer;

/** The data of one record. */
public sealed interface Rdata {
    /** RFC 1035 section 3.4.1. */
    record A(int address) implements Rdata {}

    /** RFC 3596. */
    record Aaaa(long high, long low) implements Rdata {}

    /** CNAME, NS and PTR: one name, which may be compressed. */
    record Target(DnsName name) implements Rdata {}

    /** RFC 2782; its target must not be compressed. */
    record Srv(int priority, int weight, int port, DnsName target) implements Rdata {}

    /** One character string of at most 255 ASCII octets. */
    record Txt(String text) implements Rdata {}

    /**
     * RFC 1035 section 3.3.13.
     *
     * @param serial unsigned 32 bits
     * @param minimum bound on negative caching in seconds (RFC 2308)
     */
    record Soa(
            DnsName primary,
            DnsName mailbox,
            int serial,
            int refresh,
            int retry,
            int expire,
            int minimum)
            implements Rdata {}

    /** Data of any type that is only passed on. No compressed names; the buffer is never moved. */
    record Opaque(ByteBuffer octets) implements Rdata {
        public Opaque {
            octets = octets.asReadOnlyBuffer();
        }
    }

    /** The data of an address record: A or AAAA by family. */
    static Rdata of(IpAddress address) {
        return address.v6() ? new Aaaa(address.high(), address.low()) : new A((int) address.low());
    }

    /** The record type for an address: A or AAAA. */
    static int typeOf(IpAddress address) {
        return address.v6() ? RecordType.AAAA : RecordType.A;
    }
}
