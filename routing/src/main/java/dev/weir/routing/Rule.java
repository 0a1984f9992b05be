package dev.weir.routing;

import dev.weir.model.Key;

/**
 * What is done with requests of one path.
 *
 * @param of the object that it comes from, for logs and metrics
 */
public record Rule(Key of, Conditions conditions, Action action) {}
