package dev.weir.agent.spi;

/**
 * Something that a plane has programmed, in words, compared with the kernel.
 *
 * @param map what it is in
 * @param difference what the kernel has instead; empty when it has just that
 */
public record Programmed(String map, String key, String value, String difference) {}
