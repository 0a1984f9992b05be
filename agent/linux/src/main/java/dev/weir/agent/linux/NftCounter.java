package dev.weir.agent.linux;

/**
 * What an element counted.
 *
 * @param bytes of network-layer packets, headers included
 */
public record NftCounter(long packets, long bytes) {
    static final NftCounter NONE = new NftCounter(0, 0);
}
