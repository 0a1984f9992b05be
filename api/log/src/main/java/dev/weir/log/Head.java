package dev.weir.log;

import dev.weir.changes.Frontier;

/**
 * Where a log ends. It is kept apart from the records, so that nothing that tidies them up ever
 * lowers the revision.
 *
 * @param revision of the last entry; 0 before the first
 * @param term of the last claim; 0 before the first
 * @param after of the last entry
 */
public record Head(String logId, long revision, long term, Frontier after) {}
