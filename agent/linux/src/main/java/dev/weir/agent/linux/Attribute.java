package dev.weir.agent.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One type-length-value of a netlink message; the flag bits of the type are stripped. */
record Attribute(int type, ByteBuffer value) {
    private static final int TYPE_MASK = 0x3fff;

    static int align(int length) {
        return (length + 3) & ~3;
    }

    /** What follows the first {@code skip} bytes, in native byte order. */
    static ByteBuffer after(ByteBuffer body, int skip) {
        int from = Math.min(skip, body.limit());
        return body.slice(from, body.limit() - from).order(ByteOrder.nativeOrder());
    }

    static List<Attribute> parse(ByteBuffer attributes) throws IOException {
        List<Attribute> parsed = new ArrayList<>();
        ByteBuffer in = attributes;
        int at = 0;
        while (at + 4 <= in.limit()) {
            int length = in.getShort(at) & 0xffff;
            if (length < 4 || at + length > in.limit()) {
                throw new IOException("netlink attribute of " + length + " bytes does not fit");
            }
            int type = in.getShort(at + 2) & TYPE_MASK;
            parsed.add(new Attribute(type, in.slice(at + 4, length - 4).order(in.order())));
            at += align(length);
        }
        return parsed;
    }

    static @Nullable Attribute find(List<Attribute> attributes, int type) {
        for (Attribute attribute : attributes) {
            if (attribute.type == type) {
                return attribute;
            }
        }
        return null;
    }

    List<Attribute> nested() throws IOException {
        return parse(value);
    }

    byte[] bytes() {
        byte[] copy = new byte[value.limit()];
        value.get(0, copy);
        return copy;
    }

    int be16() {
        return value.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(0) & 0xffff;
    }

    int be32() {
        return value.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0);
    }

    long be64() {
        return value.duplicate().order(ByteOrder.BIG_ENDIAN).getLong(0);
    }

    /** A string without its terminating NUL. */
    String string() {
        byte[] bytes = bytes();
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
