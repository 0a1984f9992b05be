package dev.weir.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many CPUs the node has; more than the agent itself may use, if that is limited. */
final class Cpus {
    private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

    private Cpus() {}

    /** At least 1. */
    static int online() {
        try {
            return count(Files.readString(ONLINE).strip());
        } catch (IOException | IllegalArgumentException unknown) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /**
     * Of a list as the kernel writes it, {@code 0-3,6} (Documentation/admin-guide/cputopology.rst).
     *
     * @throws IllegalArgumentException for any other text
     */
    static int count(String list) {
        int count = 0;
        for (String range : list.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = Integer.parseInt(range.substring(dash + 1));
            if (first < 0 || last < first) {
                throw new IllegalArgumentException(list);
            }
            count += last - first + 1;
        }
        return count;
    }
}
