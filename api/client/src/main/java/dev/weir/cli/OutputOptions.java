package dev.weir.cli;

import picocli.CommandLine.Option;

/** How objects are shown. */
final class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "",
            description = "wide, yaml, json, name or jsonpath=TEMPLATE")
    String output = "";

    @Option(names = "--no-headers", description = "no header line")
    boolean noHeaders;

    @Option(names = "--show-labels", description = "labels as the last column")
    boolean showLabels;

    /** The format that was asked for. Throws CliError for an unknown one. */
    Format format() {
        return switch (output) {
            case "" -> new Format.Columns(false);
            case "wide" -> new Format.Columns(true);
            case "yaml" -> new Format.Yaml();
            case "json" -> new Format.Json();
            case "name" -> new Format.Name();
            default -> {
                if (output.startsWith("jsonpath=")) {
                    yield new Format.Template(
                            JsonPath.parse(output.substring("jsonpath=".length())));
                }
                throw new CliError(
                        "unable to match a printer suitable for the output format \""
                                + output
                                + "\", allowed formats are: json,jsonpath,name,wide,yaml");
            }
        };
    }

    sealed interface Format {
        record Columns(boolean wide) implements Format {}

        record Yaml() implements Format {}

        record Json() implements Format {}

        record Name() implements Format {}

        record Template(JsonPath path) implements Format {}
    }
}
