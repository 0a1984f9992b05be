package dev.weir.bench;

import java.util.ArrayList;
import java.util.List;

/** What clients saw. */
final class Tally {
    /** More of them say nothing new. */
    private static final int MAX_PROBLEMS = 20;

    /** The unit of what may not be: failures, cut connections, answers of who is removed. */
    static final String WRONG = "failed or wrong";

    static final String ANSWERED = "answered";

    private static final String CLIENTS = "clients";

    // Guarded by this.
    private final List<String> problems = new ArrayList<>();
    private final List<Double> millis = new ArrayList<>();
    private long problemCount;
    private long repeated;

    synchronized void answered(double after) {
        millis.add(after);
    }

    /** A datagram was sent again: the one before belonged to a flow that just ended. */
    synchronized void repeated() {
        repeated++;
    }

    synchronized void problem(String what) {
        problemCount++;
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        }
    }

    synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    synchronized long answers() {
        return millis.size();
    }

    synchronized void into(Sheet sheet, String what) {
        double[] all = millis.stream().mapToDouble(Double::doubleValue).toArray();
        sheet.add(what, CLIENTS, ANSWERED, all.length);
        sheet.add(what, CLIENTS, WRONG, problemCount);
        sheet.add(what, CLIENTS, "datagrams sent again", repeated);
        sheet.add(what, CLIENTS, "p50 ms", Quantile.of(all, 0.5));
        sheet.add(what, CLIENTS, "p99 ms", Quantile.of(all, 0.99));
    }
}
