package dev.weir.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of something, as {@code 4}, {@code 3920m}, {@code 0.5}, {@code 16Gi} or {@code 1e3}
 * (k8s.io/apimachinery, api/resource/quantity.go).
 */
public record Quantity(BigDecimal value) {
    private static final Pattern FORMAT =
            Pattern.compile(
                    "(?<number>[+-]?(?:[0-9]{1,30}(?:\\.[0-9]{0,30})?|\\.[0-9]{1,30}))"
                        + "(?:[eE](?<exponent>[+-]?[0-9]{1,2})|(?<suffix>[KMGTPE]i|[numkMGTPE]))?");

    /** Of a name, the power of ten: {@code n} stands for -9, the next one for three more. */
    private static final String DECIMAL = "num kMGTPE";

    private static final String BINARY = "KMGTPE";

    /** Empty for any other text. */
    public static Optional<Quantity> parse(String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(matcher.group("number"));
        String exponent = matcher.group("exponent");
        String suffix = matcher.group("suffix");
        if (exponent != null) {
            number = number.scaleByPowerOfTen(Integer.parseInt(exponent));
        } else if (suffix != null) {
            number = times(number, suffix);
        }
        return Optional.of(new Quantity(number));
    }

    private static BigDecimal times(BigDecimal number, String suffix) {
        return suffix.endsWith("i")
                ? number.multiply(
                        BigDecimal.valueOf(1024).pow(1 + BINARY.indexOf(suffix.charAt(0))))
                : number.scaleByPowerOfTen(3 * (DECIMAL.indexOf(suffix) - 3));
    }

    /** In thousandths, rounded up; from zero to the greatest number of the type. */
    public int millis() {
        return value.scaleByPowerOfTen(3)
                .setScale(0, RoundingMode.CEILING)
                .max(BigDecimal.ZERO)
                .min(BigDecimal.valueOf(Integer.MAX_VALUE))
                .intValueExact();
    }
}
