package dev.weir.lab.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The rows so far, in the order in which they were tried. Used by one thread. */
final class Rows {
    private final List<Row> rows = new ArrayList<>();

    /** One thing to try; answers with what came back. */
    interface Attempt {
        String result() throws IOException, InterruptedException;
    }

    /** Tries it now. */
    void add(String what, String from, String expected, Attempt attempt)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        String got = attempt.result();
        rows.add(new Row(what, from, expected, got, Duration.ofNanos(System.nanoTime() - start)));
    }

    List<Row> all() {
        return List.copyOf(rows);
    }
}
