package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * kubectl's {@code -o jsonpath=} template: literal text, {@code {.field.path}}, {@code [0]}, {@code
 * [*]}, {@code ['key']}, {@code [?(@.a=="b")]}, {@code {"text\n"}} and {@code {range}...{end}}.
 * Missing fields show nothing.
 */
final class JsonPath {
    private sealed interface Part {
        record Text(String text) implements Part {}

        record Path(List<PathStep> steps) implements Part {}

        record Range(List<PathStep> steps, List<Part> body) implements Part {}
    }

    private final List<Part> parts;

    private JsonPath(List<Part> parts) {
        this.parts = parts;
    }

    /** Throws CliError that says what is wrong with the template. */
    static JsonPath parse(String template) {
        int[] position = {0};
        List<Part> parts = parts(template, position, false);
        return new JsonPath(parts);
    }

    String show(Object tree) {
        StringBuilder text = new StringBuilder();
        show(parts, tree, text);
        return text.toString();
    }

    private static void show(List<Part> parts, Object tree, StringBuilder text) {
        for (Part part : parts) {
            switch (part) {
                case Part.Text(var literal) -> text.append(literal);
                case Part.Path(var steps) ->
                        text.append(
                                PathStep.walk(steps, tree).stream()
                                        .map(JsonPath::word)
                                        .collect(Collectors.joining(" ")));
                case Part.Range(var steps, var body) ->
                        PathStep.walk(steps, tree).forEach(item -> show(body, item, text));
            }
        }
    }

    private static String word(Object value) {
        return value instanceof Map || value instanceof List
                ? CompactJson.of(value)
                : value.toString();
    }

    private static List<Part> parts(String template, int[] position, boolean inRange) {
        List<Part> parts = new ArrayList<>();
        while (position[0] < template.length()) {
            int open = template.indexOf('{', position[0]);
            if (open != position[0]) {
                int end = open < 0 ? template.length() : open;
                parts.add(new Part.Text(template.substring(position[0], end)));
                position[0] = end;
                continue;
            }
            int close = PathStep.closing(template, open);
            String inside = template.substring(open + 1, close).strip();
            position[0] = close + 1;
            if (inside.equals("end")) {
                if (!inRange) {
                    throw new CliError("error parsing jsonpath " + template + ", not in range");
                }
                return parts;
            }
            if (inside.startsWith("range ")) {
                List<PathStep> steps = PathStep.parse(inside.substring("range ".length()).strip());
                parts.add(new Part.Range(steps, parts(template, position, true)));
            } else if (inside.startsWith("\"") || inside.startsWith("'")) {
                parts.add(new Part.Text(PathStep.unquote(inside)));
            } else {
                parts.add(new Part.Path(PathStep.parse(inside)));
            }
        }
        if (inRange) {
            throw new CliError("error parsing jsonpath " + template + ", unclosed range");
        }
        return parts;
    }
}
