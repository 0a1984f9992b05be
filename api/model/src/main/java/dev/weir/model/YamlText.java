package dev.weir.model;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes a tree as YAML with the layout of {@code kubectl -o yaml}. A string is bare only where
 * every YAML reader, of version 1.1 as well, takes it for a string.
 */
final class YamlText {
    private static final Pattern BARE =
            Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*");

    /**
     * A leading digit is safe only where the rest can be no number, date or time: addresses, for
     * instance.
     */
    private static final Pattern BARE_ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?");

    private static final Set<String> WORDS =
            Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private final StringBuilder out = new StringBuilder();

    private YamlText() {}

    static String of(Map<String, Object> tree) {
        YamlText text = new YamlText();
        text.map(tree, "");
        return text.out.toString();
    }

    /** The first line continues the line that {@link #out} ends with. */
    private void map(Map<?, ?> map, String indent) {
        String before = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(before);
            string((String) entry.getKey());
            out.append(':');
            field(entry.getValue(), indent);
            before = indent;
        }
    }

    private void field(Object value, String indent) {
        switch (value) {
            case Map<?, ?> map when !map.isEmpty() -> {
                out.append('\n').append(indent).append("  ");
                map(map, indent + "  ");
            }
            case List<?> list when !list.isEmpty() -> {
                out.append('\n');
                list.forEach(item -> item(item, indent));
            }
            default -> {
                out.append(' ');
                scalar(value);
            }
        }
    }

    private void item(Object item, String indent) {
        out.append(indent).append("- ");
        if (item instanceof Map<?, ?> map && !map.isEmpty()) {
            map(map, indent + "  ");
        } else {
            scalar(item);
        }
    }

    /** Also an empty map or list. Ends the line. */
    private void scalar(Object value) {
        switch (value) {
            case String text -> string(text);
            case Map<?, ?> empty -> out.append("{}");
            case List<?> empty -> out.append("[]");
            default -> out.append(value);
        }
        out.append('\n');
    }

    private void string(String text) {
        boolean bare =
                BARE.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))
                        || BARE_ADDRESS.matcher(text).matches();
        if (bare) {
            out.append(text);
        } else {
            JsonText.quote(text, out);
        }
    }
}
