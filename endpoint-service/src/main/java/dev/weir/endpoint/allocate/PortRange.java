package dev.weir.endpoint.allocate;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The numbers that node ports are given from.
 *
 * @param first at least 1
 * @param last at least the first, at most 65535
 */
public record PortRange(int first, int last) {
    /** The API server's default. */
    public static final PortRange DEFAULT = new PortRange(30_000, 32_767);

    private static final int MOST = 65_535;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");

    private static final int LEAST_BAND = 16;
    private static final int MOST_BAND = 128;
    private static final int BAND_STEP = 32;

    public PortRange {
        if (first < 1 || last < first || last > MOST) {
            throw new IllegalArgumentException(
                    "a range of node ports is FROM-TO within 1-65535: " + first + "-" + last);
        }
    }

    /**
     * {@code FROM-TO}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static PortRange of(String text) {
        return Optional.of(FORM.matcher(text))
                .filter(Matcher::matches)
                .map(
                        form ->
                                new PortRange(
                                        Integer.parseInt(form.group(1)),
                                        Integer.parseInt(form.group(2))))
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "a range of node ports is FROM-TO within 1-65535: "
                                                + text));
    }

    public int size() {
        return last - first + 1;
    }

    /**
     * How many numbers at the low end are left to Services that ask for one (KEP-3668): a
     * thirty-second, but 16 to 128; none when the range is that small itself. Of the default range
     * 30000 to 30085.
     */
    public int band() {
        return size() <= LEAST_BAND ? 0 : Math.clamp(size() / BAND_STEP, LEAST_BAND, MOST_BAND);
    }

    public boolean contains(int number) {
        return number >= first && number <= last;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
