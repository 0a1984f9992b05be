package dev.weir.agent.linux;

/**
 * One element of a set or map.
 *
 * @param timeoutMillis how long the kernel keeps it after it was written; 0 is for ever
 * @param intervalEnd true for the element that closes an interval (exclusive) of an interval set
 */
public record NftElement(NftData key, NftValue value, long timeoutMillis, boolean intervalEnd) {
    public NftElement {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeout " + timeoutMillis + " ms");
        }
    }

    public static NftElement of(NftData key) {
        return new NftElement(key, NftValue.NONE, 0, false);
    }

    public static NftElement of(NftData key, NftValue value) {
        return new NftElement(key, value, 0, false);
    }

    /** The same element, which the kernel drops after {@code millis}. */
    public NftElement expiringAfter(long millis) {
        return new NftElement(key, value, millis, intervalEnd);
    }
}
