package dev.weir.log.kafka;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits, not for ever. */
final class Await {
    /** Long enough for a machine that is busy. */
    static final Duration LONG = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(10);

    private Await() {}

    static void until(String what, BooleanSupplier holds) {
        until(what, LONG, holds, () -> "");
    }

    /**
     * @param state told when it does not hold in time
     */
    static void until(String what, Duration atMost, BooleanSupplier holds, Supplier<?> state) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "waited " + atMost + " until " + what + "; " + state.get());
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting until " + what, e);
            }
        }
    }
}
