package dev.weir.routing.compile;

/** What became of each object, as its status has to say it. */
public record Verdicts() {}
