package dev.weir.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A tree as JSON on one line, for scripts that read lines. */
public final class CompactJson {
    private CompactJson() {}

    public static String of(Object tree) {
        return switch (tree) {
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(e -> quote(e.getKey().toString()) + ":" + of(e.getValue()))
                            .collect(Collectors.joining(",", "{", "}"));
            case List<?> list ->
                    list.stream().map(CompactJson::of).collect(Collectors.joining(",", "[", "]"));
            case String string -> quote(string);
            default -> tree.toString();
        };
    }

    private static String quote(String string) {
        StringBuilder text = new StringBuilder("\"");
        for (char c : string.toCharArray()) {
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> text.append(c < ' ' ? String.format("\\u%04x", (int) c) : c);
            }
        }
        return text.append('"').toString();
    }
}
