package dev.weir.dns.wire;

/** Bits of the second header word (RFC 1035 section 4.1.1, RFC 4035 section 3). */
final class Header {
    static final int QR = 0x8000;
    static final int AA = 0x0400;
    static final int TC = 0x0200;
    static final int RD = 0x0100;
    static final int RA = 0x0080;
    static final int AD = 0x0020;
    static final int CD = 0x0010;

    /** What every asker can take in one datagram. */
    static final int MIN_DATAGRAM = 512;

    /** The most a length prefix of two octets can announce. */
    static final int MAX_MESSAGE = 65_535;

    private Header() {}
}
