package dev.weir.bench;

import dev.weir.cli.CliError;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much there is.
 *
 * @param services 1 to {@link #MAX_SERVICES}
 * @param endpoints of each of them, 1 to {@link #MAX_ENDPOINTS}
 */
record Size(int services, int endpoints) {
    static final int MAX_SERVICES = 100_000;
    static final int MAX_ENDPOINTS = 1_000;

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})x([1-9][0-9]{0,3})");

    Size {
        if (services < 1 || services > MAX_SERVICES || endpoints < 1 || endpoints > MAX_ENDPOINTS) {
            throw new CliError("sizes go from 1x1 to %dx%d".formatted(MAX_SERVICES, MAX_ENDPOINTS));
        }
    }

    /** Reads {@code SERVICESxENDPOINTS}, several with commas between. Throws CliError. */
    static List<Size> parse(String text) {
        return Arrays.stream(text.split(",", -1)).map(Size::one).toList();
    }

    private static Size one(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new CliError("size \"" + text + "\" is not SERVICESxENDPOINTS, such as 1000x10");
        }
        return new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** As {@link #parse} reads it. */
    String typed() {
        return services + "x" + endpoints;
    }

    int total() {
        return services * endpoints;
    }

    @Override
    public String toString() {
        return "%,d x %,d".formatted(services, endpoints);
    }
}
