package dev.weir.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as kubectl reads and shows them. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|h|m|s)");

    private Durations() {}

    /**
     * Reads {@code 60s}, {@code 1m30s}, {@code 500ms}, {@code 1.5h} or {@code 0}. Throws CliError.
     */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            double number = Double.parseDouble(part.group(1));
            long millis =
                    switch (part.group(2)) {
                        case "ms" -> 1;
                        case "s" -> 1000;
                        case "m" -> 60_000;
                        default -> 3_600_000;
                    };
            sum = sum.plusMillis(Math.round(number * millis));
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw new CliError("invalid duration \"" + text + "\": give one like 30s or 1m30s");
        }
        return sum;
    }

    /** The time since then, as kubectl's AGE. */
    static String age(Instant since, Instant now) {
        return show(Duration.between(since, now));
    }

    /** Two units at most, the smaller one only while it matters (HumanDuration of apimachinery). */
    static String show(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 0) {
            return "0s";
        }
        if (seconds < 120) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 10) {
            return two(minutes, "m", seconds % 60, "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        if (hours < 8) {
            return two(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        long days = hours / 24;
        if (days < 8) {
            return two(days, "d", hours % 24, "h");
        }
        if (days < 2 * 365) {
            return days + "d";
        }
        return days < 8 * 365 ? two(days / 365, "y", days % 365, "d") : days / 365 + "y";
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : small + smallUnit);
    }
}
