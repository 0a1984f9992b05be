package dev.weir.bench;

import java.util.Arrays;

/** Of a sample. */
final class Quantile {
    private Quantile() {}

    /**
     * The value that a part of the sample does not exceed, one of the sample; NaN without any.
     *
     * @param part 0 for the least, 1 for the greatest
     */
    static double of(double[] sample, double part) {
        if (sample.length == 0) {
            return Double.NaN;
        }
        double[] sorted = sample.clone();
        Arrays.sort(sorted);
        int index = (int) Math.ceil(part * sorted.length) - 1;
        return sorted[Math.clamp(index, 0, sorted.length - 1)];
    }
}
