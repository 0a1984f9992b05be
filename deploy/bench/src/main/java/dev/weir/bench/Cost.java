package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What something took, in seconds.
 *
 * @param user CPU outside of the kernel
 * @param system CPU in the kernel
 * @param wall what the clock on the wall says: where others work too, mostly theirs
 */
record Cost(double user, double system, double wall) {
    /** Of the clock in which the kernel counts a process's CPU (USER_HZ). */
    private static final double TICKS = 100;

    private static final int USER = 11;
    private static final int SYSTEM = 12;

    /**
     * Of a process with all its threads, since it started; on an arbitrary clock on the wall.
     *
     * @param process a number, or {@code self}
     */
    static Cost of(String process) throws IOException {
        String stat = Files.readString(Path.of("/proc", process, "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Cost(
                Long.parseLong(fields[USER]) / TICKS,
                Long.parseLong(fields[SYSTEM]) / TICKS,
                System.nanoTime() / 1e9);
    }

    double cpu() {
        return user + system;
    }

    Cost since(Cost earlier) {
        return new Cost(user - earlier.user, system - earlier.system, wall - earlier.wall);
    }

    @Override
    public String toString() {
        return user + " " + system + " " + wall;
    }

    static Cost parse(String line) {
        String[] fields = line.strip().split(" +");
        return new Cost(
                Double.parseDouble(fields[0]),
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]));
    }
}
