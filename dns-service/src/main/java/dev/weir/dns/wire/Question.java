package dev.weir.dns.wire;

/**
 * What is asked.
 *
 * @param name as written by the asker; its case is echoed
 * @param type record type number, 0 to 65535
 * @param dnsClass class number, 0 to 65535
 */
public record Question(DnsName name, int type, int dnsClass) {
    /** The Internet, the only class answered here. */
    public static final int CLASS_IN = 1;

    /** A question of class IN. */
    public static Question in(DnsName name, int type) {
        return new Question(name, type, CLASS_IN);
    }
}
