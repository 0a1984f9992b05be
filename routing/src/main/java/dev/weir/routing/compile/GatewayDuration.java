package dev.weir.routing.compile;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Gateway API writes them (GEP-2257): {@code 1h30m}, {@code 500ms}, {@code 0s}. */
public final class GatewayDuration {
    public static final Pattern WHOLE = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");
    private static final Pattern PART = Pattern.compile("([0-9]{1,5})(ms|h|m|s)");

    private GatewayDuration() {}

    /** Empty for a text that is none. */
    public static Optional<Duration> parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            long number = Long.parseLong(part.group(1));
            sum =
                    sum.plus(
                            switch (part.group(2)) {
                                case "h" -> Duration.ofHours(number);
                                case "m" -> Duration.ofMinutes(number);
                                case "s" -> Duration.ofSeconds(number);
                                default -> Duration.ofMillis(number);
                            });
        }
        return Optional.of(sum);
    }
}
