package dev.weir.service;

import java.time.Duration;
import java.util.function.Supplier;

/** Waits, not for ever. */
final class Await {
    /** Long enough for several starts on a machine that is busy. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private Await() {}

    /** What may be asked again. */
    interface Check {
        boolean holds() throws Exception;
    }

    /**
     * @param state told when it does not hold in time
     */
    static void until(String what, Check check, Supplier<String> state) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!check.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "waited " + PATIENCE + " until " + what + "; " + state.get());
            }
            Thread.sleep(PAUSE);
        }
    }
}
