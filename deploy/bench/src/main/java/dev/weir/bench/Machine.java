package dev.weir.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * What the machine did so far.
 *
 * @param busy ticks in which a core worked, of all cores
 * @param all ticks
 * @param load the average of the last minute
 */
record Machine(long busy, long all, double load) {
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;

    /** Guests' time is counted as user's already. */
    private static final int COUNTED = 8;

    static Machine now() {
        try {
            String line = Files.readAllLines(Path.of("/proc/stat")).getFirst();
            long[] ticks =
                    Arrays.stream(line.strip().split(" +"))
                            .skip(1)
                            .limit(COUNTED)
                            .mapToLong(Long::parseLong)
                            .toArray();
            long all = Arrays.stream(ticks).sum();
            String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
            return new Machine(all - ticks[IDLE] - ticks[IO_WAIT], all, Double.parseDouble(load));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line about the machine and how much everybody asked of it. */
    static String between(Machine from, Machine to) {
        long all = Math.max(1, to.all - from.all);
        return String.format(
                Locale.ROOT,
                "machine: %d cores, Linux %s, %.0f%% busy with all that ran, load %.1f before and"
                        + " %.1f after",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                100.0 * (to.busy - from.busy) / all,
                from.load,
                to.load);
    }
}
