package dev.weir.bench;

import java.util.List;
import java.util.stream.IntStream;

/** Aligns text in columns. */
final class Columns {
    private static final int GAP = 3;

    private Columns() {}

    /** Rows of equal length. */
    static String aligned(List<List<String>> rows) {
        int last = rows.getFirst().size() - 1;
        int[] widths =
                IntStream.range(0, last)
                        .map(
                                i ->
                                        rows.stream()
                                                .mapToInt(row -> row.get(i).length())
                                                .max()
                                                .orElse(0))
                        .toArray();
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < last; i++) {
                text.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length() + GAP);
            }
            text.append(row.get(last)).append('\n');
        }
        return text.toString();
    }
}
