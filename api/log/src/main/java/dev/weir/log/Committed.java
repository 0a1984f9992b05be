package dev.weir.log;

/**
 * The answer to a write that was accepted, and is durable.
 *
 * @param revision of the write; 0 when nothing had to be written
 */
public record Committed<R>(R answer, String logId, long revision) {}
