package dev.weir.agent.l7.http;

import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HeaderEdit.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two changes of headers, one after the other. None of them may touch how a message is framed or
 * its connection; of Host, one may stand in the place of the other.
 */
record Edits(HeaderEdit first, HeaderEdit second) {
    private static final long FIXED =
            Field.set(
                    Field.HOST,
                    Field.CONTENT_LENGTH,
                    Field.TRANSFER_ENCODING,
                    Field.CONNECTION,
                    Field.UPGRADE,
                    Field.EXPECT,
                    Field.TE,
                    Field.KEEP_ALIVE,
                    Field.PROXY_CONNECTION);

    boolean none() {
        return first.isNone() && second.isNone();
    }

    /** Whether this header of a head goes. */
    boolean drops(Fields fields, int i) {
        return !fields.field(i).in(FIXED) && (drops(fields, i, first) || drops(fields, i, second));
    }

    private static boolean drops(Fields fields, int i, HeaderEdit edit) {
        for (Header header : edit.set()) {
            if (fields.isName(i, header.name())) {
                return true;
            }
        }
        for (String name : edit.remove()) {
            if (fields.isName(i, name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what the proxy itself would say under this name goes. */
    boolean drops(String name) {
        return names(first.set(), name) || has(first.remove(), name) || dropsSecond(name);
    }

    private boolean dropsSecond(String name) {
        return names(second.set(), name) || has(second.remove(), name);
    }

    private static boolean names(List<Header> headers, String name) {
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(List<String> names, String name) {
        for (String one : names) {
            if (one.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any of these fields is changed. */
    boolean touches(long fields) {
        return touches(first, fields) || touches(second, fields);
    }

    private static boolean touches(HeaderEdit edit, long fields) {
        for (Header header : edit.set()) {
            if (Field.of(header.name()).in(fields)) {
                return true;
            }
        }
        for (String name : edit.remove()) {
            if (Field.of(name).in(fields)) {
                return true;
            }
        }
        return false;
    }

    /** The Host that is set; null if none is, or nothing that could be one. */
    @Nullable String host() {
        String last = host(second);
        return last == null ? host(first) : last;
    }

    private static @Nullable String host(HeaderEdit edit) {
        for (Header header : edit.set()) {
            if (Field.of(header.name()) == Field.HOST && Authority.isValid(header.value())) {
                return header.value();
            }
        }
        return null;
    }

    /** Writes what is set and added and not removed after that. */
    void write(Output out) {
        write(out, first.set(), first.remove(), true);
        write(out, first.add(), first.remove(), true);
        write(out, second.set(), second.remove(), false);
        write(out, second.add(), second.remove(), false);
    }

    private void write(Output out, List<Header> headers, List<String> removed, boolean isFirst) {
        for (Header header : headers) {
            String name = header.name();
            if (isToken(name)
                    && !Field.of(name).in(FIXED)
                    && !has(removed, name)
                    && !(isFirst && dropsSecond(name))) {
                out.put(name).put(": ").put(header.value()).line();
            }
        }
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) > 0x7e || !Octet.is((byte) name.charAt(i), Octet.TOKEN)) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
