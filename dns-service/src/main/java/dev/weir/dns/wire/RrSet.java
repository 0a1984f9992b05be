package dev.weir.dns.wire;

import java.util.List;

/**
 * All records of one name and type (RFC 2181 section 5).
 *
 * @param ttl seconds, 0 to 2^31-1
 * @param data at least one
 */
public record RrSet(DnsName owner, int type, int ttl, List<Rdata> data) {
    public RrSet {
        data = List.copyOf(data);
        if (data.isEmpty()) {
            throw new IllegalArgumentException("no data for " + owner + " type " + type);
        }
    }

    public static RrSet of(DnsName owner, int type, int ttl, Rdata data) {
        return new RrSet(owner, type, ttl, List.of(data));
    }

    /** Addresses are handed out in a different order each time; nothing else is reordered. */
    boolean rotates() {
        return data.size() > 1 && (type == RecordType.A || type == RecordType.AAAA);
    }
}
