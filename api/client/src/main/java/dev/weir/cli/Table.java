package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Aligns columns as kubectl's tab writer does: three spaces between, no column narrower than six,
 * the last one not padded. Remembers widths, so that rows that come later stay aligned.
 */
public final class Table {
    private static final int PADDING = 3;
    private static final int MIN_WIDTH = 6;

    private final List<Integer> widths = new ArrayList<>();

    /** Lines for the rows, each of at least one column. */
    public String format(List<List<String>> rows) {
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() - 1; i++) {
                int width = Math.max(MIN_WIDTH, row.get(i).length() + PADDING);
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() - 1; i++) {
                text.append(row.get(i)).repeat(" ", widths.get(i) - row.get(i).length());
            }
            text.append(row.getLast()).append('\n');
        }
        return text.toString();
    }
}
