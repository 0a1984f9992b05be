package dev.weir.cli;

import dev.weir.cli.OutputOptions.Format;
import dev.weir.model.Manifests;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prints objects in the format that was asked for. Remembers widths and header over several calls.
 */
final class Printer {
    private final PrintStream out;
    private final Format format;
    private final OutputOptions options;
    private final boolean namespaces;
    private final boolean typeInName;
    private Table table = new Table();
    private List<String> header = List.of();

    /**
     * @param namespaces a NAMESPACE column
     * @param typeInName {@code service/web} in the NAME column
     */
    Printer(PrintStream out, OutputOptions options, boolean namespaces, boolean typeInName) {
        this.out = out;
        this.format = options.format();
        this.options = options;
        this.namespaces = namespaces;
        this.typeInName = typeInName;
    }

    boolean wide() {
        return format instanceof Format.Columns(boolean wide) && wide;
    }

    boolean columns() {
        return format instanceof Format.Columns;
    }

    /**
     * @param asList print a List even for one object
     */
    void print(List<Shown> objects, boolean asList) {
        switch (format) {
            case Format.Columns columns -> rows(objects);
            case Format.Name name -> objects.forEach(object -> out.println(object.name()));
            case Format.Yaml yaml -> out.print(Manifests.yaml(tree(objects, asList)));
            case Format.Json json -> out.print(Manifests.json(tree(objects, asList)));
            case Format.Template(var path) -> out.print(path.show(tree(objects, asList)));
        }
        out.flush();
    }

    private static Map<String, Object> tree(List<Shown> objects, boolean asList) {
        return objects.size() == 1 && !asList
                ? objects.getFirst().tree()
                : list(objects.stream().map(Shown::tree).toList());
    }

    private static Map<String, Object> list(List<Map<String, Object>> items) {
        Map<String, Object> list = new TreeMap<>(Manifests.tree(List.of()));
        list.put("items", items);
        return list;
    }

    private void rows(List<Shown> objects) {
        List<List<String>> rows = new ArrayList<>();
        for (Shown object : objects) {
            if (!object.header().equals(header)) {
                flush(rows);
                if (!header.isEmpty() && !options.noHeaders) {
                    out.println();
                }
                header = object.header();
                table = new Table();
                if (!options.noHeaders) {
                    rows.add(row("NAMESPACE", header, "LABELS"));
                }
            }
            List<String> cells = new ArrayList<>(object.cells());
            if (typeInName) {
                cells.set(0, object.name());
            }
            rows.add(
                    row(
                            object.metadata().getNamespace(),
                            cells,
                            Columns.labels(object.metadata().getLabelsMap())));
        }
        flush(rows);
    }

    private void flush(List<List<String>> rows) {
        out.print(table.format(rows));
        rows.clear();
    }

    private List<String> row(String namespace, List<String> cells, String labels) {
        List<String> row = new ArrayList<>();
        if (namespaces) {
            row.add(namespace);
        }
        row.addAll(cells);
        if (options.showLabels) {
            row.add(labels);
        }
        return row;
    }
}
