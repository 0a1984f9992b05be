package dev.weir.log;

import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import java.util.List;

/**
 * What a write decides on: durable state and all that was accepted before it but is not durable
 * yet.
 *
 * @param revision the one that this write will get if it is accepted
 * @param accepted leads from the durable image to this one, step by step. Of the group of writes
 *     that is being decided: the same deltas come again, with more behind them, or others, when a
 *     group has ended
 */
public record Pending(Image image, long revision, List<Delta> accepted) {}
