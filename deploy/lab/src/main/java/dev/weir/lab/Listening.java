package dev.weir.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Whether somebody listens in a process's network namespace, as seen from any other. */
final class Listening {
    /** Of a socket in /proc/PID/net/tcp (TCP_LISTEN). */
    private static final String LISTEN = "0A";

    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;

    private Listening() {}

    /** On this TCP port, with whatever address of either family; false when the process is gone. */
    static boolean on(long pid, int port) {
        String end = ":%04X".formatted(port).toUpperCase(Locale.ROOT);
        return List.of("tcp", "tcp6").stream()
                .anyMatch(table -> on(Path.of("/proc", Long.toString(pid), "net", table), end));
    }

    private static boolean on(Path table, String end) {
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.strip().split(" +"))
                    .anyMatch(
                            fields ->
                                    fields[STATE].equals(LISTEN)
                                            && fields[LOCAL_ADDRESS].endsWith(end));
        } catch (IOException gone) {
            return false;
        }
    }
}
