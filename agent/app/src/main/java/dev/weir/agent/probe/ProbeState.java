package dev.weir.agent.probe;

import dev.weir.core.v1.Probe;

/**
 * A pod's readiness as its probe has it: not ready at first, and changed by so many results in a
 * row. Pure.
 *
 * @param streak results in a row that differ from {@code ready}
 */
record ProbeState(boolean ready, int streak) {
    static final ProbeState INITIAL = new ProbeState(false, 0);

    ProbeState after(boolean success, Probe probe) {
        if (success == ready) {
            return new ProbeState(ready, 0);
        }
        int threshold =
                success
                        ? orDefault(probe.getSuccessThreshold(), 1)
                        : orDefault(probe.getFailureThreshold(), 3);
        return streak + 1 >= threshold
                ? new ProbeState(success, 0)
                : new ProbeState(ready, streak + 1);
    }

    /** Kubernetes' defaults stand for 0. */
    static int orDefault(int value, int otherwise) {
        return value == 0 ? otherwise : value;
    }
}
