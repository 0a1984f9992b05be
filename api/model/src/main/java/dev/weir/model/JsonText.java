package dev.weir.model;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes a tree as JSON with the layout of {@code kubectl -o json}. */
final class JsonText {
    private static final String INDENT = "    ";

    private final StringBuilder out = new StringBuilder();

    private JsonText() {}

    /** With a line break at the end. */
    static String of(Map<String, Object> tree) {
        JsonText text = new JsonText();
        text.value(tree, "");
        return text.out.append('\n').toString();
    }

    private void value(Object value, String indent) {
        switch (value) {
            case Map<?, ?> map -> map(map, indent);
            case List<?> list -> list(list, indent);
            case String text -> quote(text, out);
            default -> out.append(value);
        }
    }

    private void map(Map<?, ?> map, String indent) {
        String inner = indent + INDENT;
        out.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> i = map.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<?, ?> entry = i.next();
            out.append('\n').append(inner);
            quote((String) entry.getKey(), out);
            out.append(": ");
            value(entry.getValue(), inner);
            out.append(i.hasNext() ? "," : "\n" + indent);
        }
        out.append('}');
    }

    private void list(List<?> list, String indent) {
        String inner = indent + INDENT;
        out.append('[');
        for (Iterator<?> i = list.iterator(); i.hasNext(); ) {
            out.append('\n').append(inner);
            value(i.next(), inner);
            out.append(i.hasNext() ? "," : "\n" + indent);
        }
        out.append(']');
    }

    /**
     * As a JSON string, which YAML reads alike. Whatever may not stand in a YAML stream is escaped.
     */
    static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (printable(c)) {
                        out.append(c);
                    } else {
                        out.append("\\u%04x".formatted((int) c));
                    }
                }
            }
        }
        out.append('"');
    }

    /** Halves of surrogate pairs count as printable: the pair is. */
    private static boolean printable(char c) {
        return c >= ' ' && c < 0x7f
                || c >= 0xa0 && c < 0x2028
                || c > 0x2029 && c < 0xfeff
                || c > 0xfeff && c < 0xfffe;
    }
}
