package dev.weir.agent.spi;

/** One difference between what is programmed and what should be. */
public record Drift(String where, String expected, String found) {}
