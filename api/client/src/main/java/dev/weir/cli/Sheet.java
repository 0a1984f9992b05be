package dev.weir.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Text as {@code kubectl describe} prints it: names on the left, values aligned, and tables below
 * their names.
 */
final class Sheet {
    private static final int GAP = 2;
    private static final String INDENT = "  ";

    /** A name and its value; the value may have several lines, and rows below it. */
    private record Entry(String name, String value, List<List<String>> rows) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(String name, String value) {
        entries.add(new Entry(name, value, List.of()));
    }

    /**
     * A table.
     *
     * @param value says something of the whole of it; may be empty
     * @param rows the first one has the columns' names; nothing but that is no table
     */
    void table(String name, String value, List<List<String>> rows) {
        if (rows.size() > 1) {
            entries.add(new Entry(name, value, rows));
        } else {
            add(name, value.isEmpty() ? Columns.NONE : value);
        }
    }

    String text() {
        int width =
                entries.stream()
                                .filter(entry -> !entry.value.isEmpty())
                                .mapToInt(entry -> entry.name.length())
                                .max()
                                .orElse(0)
                        + 1
                        + GAP;
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.name).append(':');
            if (entry.rows.isEmpty() || !entry.value.isEmpty()) {
                text.repeat(" ", Math.max(1, width - entry.name.length() - 1));
            }
            Iterator<String> parts = entry.value.lines().iterator();
            text.append(parts.hasNext() ? parts.next() : "").append('\n');
            parts.forEachRemaining(part -> text.repeat(" ", width).append(part).append('\n'));
            new Table()
                    .format(entry.rows)
                    .lines()
                    .forEach(line -> text.append(INDENT).append(line.stripTrailing()).append('\n'));
        }
        return text.toString();
    }
}
