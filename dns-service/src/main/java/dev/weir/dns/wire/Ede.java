package dev.weir.dns.wire;

/**
 * An extended error (RFC 8914): why, for whoever reads the reply. Travels only to askers with EDNS.
 *
 * @param code info code, 0 to 65535
 * @param text short and ASCII
 */
public record Ede(int code, String text) {
    public static final int NOT_READY = 14;
    public static final int NOT_AUTHORITATIVE = 20;
    public static final int NO_REACHABLE_AUTHORITY = 22;
}
