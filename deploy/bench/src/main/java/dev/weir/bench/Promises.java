package dev.weir.bench;

/**
 * Of one Service: which pods do not answer any more, because their removal is acknowledged. One
 * that is added again may, from just before that is written.
 */
final class Promises {
    /** By pod: which removal it was; 0 for none. Numbers are never used twice. */
    private final long[] removal; // guarded by this

    private long removals; // guarded by this

    Promises(int pods) {
        this.removal = new long[pods];
    }

    synchronized void removed(int pod) {
        removal[pod] = ++removals;
    }

    synchronized void added(int pod) {
        removal[pod] = 0;
    }

    /** What holds for whoever asks from now on. */
    synchronized long[] made() {
        return removal.clone();
    }

    /** Whether an answer from this pod breaks what was promised when the question was sent. */
    synchronized boolean broken(long[] made, int pod) {
        return made[pod] != 0 && removal[pod] == made[pod];
    }
}
