package dev.weir.log;

import dev.weir.changes.Image;

/**
 * What a write decides on: durable state and all that was accepted before it but is not durable
 * yet.
 *
 * @param revision the one that this write will get if it is accepted
 */
public record Pending(Image image, long revision) {}
