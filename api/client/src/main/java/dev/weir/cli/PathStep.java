package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One step of a path through a tree. */
sealed interface PathStep {
    record Field(String name) implements PathStep {}

    /** Negative numbers count from the end. */
    record Index(int index) implements PathStep {}

    record All() implements PathStep {}

    /** The items for which the path has this value. */
    record Where(List<PathStep> path, String value) implements PathStep {}

    Pattern STEP =
            Pattern.compile(
                    "\\.(?<field>(?:\\\\.|[^.\\[\\\\])+)|\\[(?<index>-?[0-9]+)]|(?<all>\\[\\*]|\\.\\*)"
                        + "|\\['(?<key>[^']*)']"
                        + "|\\[\\?\\(@(?<where>[^=]+?)\\s*==\\s*(?<value>\"[^\"]*\"|'[^']*'|[^)]+)\\)]");

    /**
     * Reads e.g. {@code .items[*].metadata.name}; {@code $} and {@code @} at the start mean the
     * tree.
     */
    static List<PathStep> parse(String path) {
        List<PathStep> steps = new ArrayList<>();
        int position = path.startsWith("$") || path.startsWith("@") ? 1 : 0;
        Matcher step = STEP.matcher(path);
        while (position < path.length() && !path.equals(".")) {
            if (!step.find(position) || step.start() != position) {
                throw new CliError("unrecognized jsonpath " + path.substring(position));
            }
            steps.add(read(step));
            position = step.end();
        }
        return List.copyOf(steps);
    }

    private static PathStep read(Matcher step) {
        if (step.group("all") != null || "*".equals(step.group("field"))) {
            return new All();
        }
        if (step.group("field") != null) {
            return new Field(step.group("field").replaceAll("\\\\(.)", "$1"));
        }
        if (step.group("index") != null) {
            return new Index(Integer.parseInt(step.group("index")));
        }
        if (step.group("key") != null) {
            return new Field(step.group("key"));
        }
        String value = step.group("value").strip();
        boolean quoted = value.startsWith("\"") || value.startsWith("'");
        return new Where(parse(step.group("where")), quoted ? unquote(value) : value);
    }

    /** What the path leads to, in order; nothing where a field is missing. */
    static List<Object> walk(List<PathStep> steps, Object tree) {
        Stream<Object> found = Stream.of(tree);
        for (PathStep step : steps) {
            found = found.flatMap(value -> step.from(value));
        }
        return found.toList();
    }

    private Stream<Object> from(Object value) {
        return switch (this) {
            case Field(var name) ->
                    value instanceof Map<?, ?> map
                            ? Stream.ofNullable(map.get(name))
                            : Stream.empty();
            case Index(var index) -> {
                if (!(value instanceof List<?> list)) {
                    yield Stream.empty();
                }
                int at = index < 0 ? index + list.size() : index;
                yield at >= 0 && at < list.size() ? Stream.of(list.get(at)) : Stream.empty();
            }
            case All() -> items(value);
            case Where(var path, var wanted) ->
                    items(value)
                            .filter(
                                    item ->
                                            walk(path, item).stream()
                                                    .anyMatch(v -> v.toString().equals(wanted)));
        };
    }

    private static Stream<Object> items(Object value) {
        return switch (value) {
            case List<?> list -> list.stream().map(item -> (Object) item);
            case Map<?, ?> map -> map.values().stream().map(item -> (Object) item);
            default -> Stream.empty();
        };
    }

    /** The index of the brace that closes the one at this index; braces in quotes do not count. */
    static int closing(String template, int open) {
        char quote = 0;
        for (int i = open + 1; i < template.length(); i++) {
            char c = template.charAt(i);
            if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '}') {
                return i;
            }
        }
        throw new CliError("error parsing jsonpath " + template + ", unclosed action");
    }

    /** The text between quotes, with the usual backslash escapes. */
    static String unquote(String quoted) {
        if (quoted.length() < 2 || quoted.charAt(quoted.length() - 1) != quoted.charAt(0)) {
            throw new CliError("error parsing jsonpath, unterminated quoted string " + quoted);
        }
        return quoted.substring(1, quoted.length() - 1)
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replaceAll("\\\\(.)", "$1");
    }
}
