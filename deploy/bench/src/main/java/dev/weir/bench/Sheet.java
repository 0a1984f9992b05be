package dev.weir.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Figures of a run, each beside those of others. A ratio is the median of the ratios round by
 * round, so a machine that drifts does not decide it.
 */
final class Sheet {
    private final Map<Line, List<Double>> samples = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** Of what the figures are; lines with the same what and unit are compared. */
    private record Line(String what, String who, String unit) {}

    /**
     * What is printed of a line.
     *
     * @param ratio to the first line with the same what and unit; NaN where there is no other
     */
    record Row(
            String what,
            String who,
            String unit,
            int rounds,
            double median,
            double min,
            double max,
            double ratio) {}

    /** Adds the figure of the next round. */
    void add(String what, String who, String unit, double value) {
        samples.computeIfAbsent(new Line(what, who, unit), _ -> new ArrayList<>()).add(value);
    }

    /** Adds user, system and wall seconds. */
    void add(String what, String who, Cost cost) {
        add(what, who, "CPU s", cost.cpu());
        add(what, who, "kernel s", cost.system());
        add(what, who, "wall s", cost.wall());
    }

    /** NaN when nobody added it. */
    double median(String what, String who, String unit) {
        return Quantile.of(
                samples.getOrDefault(new Line(what, who, unit), List.of()).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray(),
                0.5);
    }

    /** Adds a line of text below the figures. */
    void note(String text) {
        notes.add(text);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Grouped by what and unit, else in the order in which they came. */
    List<Row> rows() {
        Map<List<String>, List<Line>> groups = new LinkedHashMap<>();
        for (Line line : samples.keySet()) {
            groups.computeIfAbsent(List.of(line.what(), line.unit()), _ -> new ArrayList<>())
                    .add(line);
        }
        return groups.values().stream()
                .flatMap(group -> group.stream().map(line -> row(line, group)))
                .toList();
    }

    private Row row(Line line, List<Line> group) {
        List<Double> own = samples.getOrDefault(line, List.of());
        List<Double> base =
                group.size() < 2 ? List.of() : samples.getOrDefault(group.getFirst(), List.of());
        double[] ratios =
                IntStream.range(0, Math.min(own.size(), base.size()))
                        .filter(i -> base.get(i) != 0)
                        .mapToDouble(i -> own.get(i) / base.get(i))
                        .toArray();
        double[] values = own.stream().mapToDouble(Double::doubleValue).toArray();
        return new Row(
                line.what(),
                line.who(),
                line.unit(),
                values.length,
                Quantile.of(values, 0.5),
                Quantile.of(values, 0),
                Quantile.of(values, 1),
                Quantile.of(ratios, 0.5));
    }

    /** For people; numbers with three digits that count. */
    List<List<String>> table() {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("WHAT", "WHO", "UNIT", "MEDIAN", "MIN", "MAX", "RATIO", "ROUNDS"));
        for (Row row : rows()) {
            table.add(
                    List.of(
                            row.what(),
                            row.who(),
                            row.unit(),
                            number(row.median()),
                            number(row.min()),
                            number(row.max()),
                            Double.isNaN(row.ratio()) ? "-" : number(row.ratio()),
                            Integer.toString(row.rounds())));
        }
        return table;
    }

    private static String number(double value) {
        double size = Math.abs(value);
        String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, form, value);
    }
}
