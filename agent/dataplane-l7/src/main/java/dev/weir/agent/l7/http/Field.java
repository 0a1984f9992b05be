package dev.weir.agent.l7.http;

import java.util.Locale;

/** Header fields that a proxy looks at. */
enum Field {
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    UPGRADE,
    EXPECT,
    TE,
    KEEP_ALIVE,
    /** Of no standard; some programs take their own proxy from it. */
    PROXY,
    PROXY_CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    FORWARDED,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    X_FORWARDED_PORT,
    X_FORWARDED_PROTO,
    X_REAL_IP,
    /** One that Connection names: it is for this hop only. */
    NAMED,
    /** One of the above with underscores, which many programs take for it. */
    DISGUISED,
    OTHER;

    private static final int MASK = 127;
    private static final Field[] TABLE = new Field[MASK + 1];

    static {
        for (Field field : values()) {
            if (field.ordinal() < NAMED.ordinal()) {
                String text = field.text;
                int slot = slot(text.length(), text.charAt(0), text.charAt(text.length() - 1));
                for (; TABLE[slot] != null; slot = slot + 1 & MASK) {}
                TABLE[slot] = field;
            }
        }
    }

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    private static int slot(int length, int first, int last) {
        return length * 7 + (first | 0x20) * 3 + (last | 0x20) * 13 & MASK;
    }

    /** Its name in lower case. */
    String text() {
        return text;
    }

    /** The field of this name, which is not empty. */
    static Field of(byte[] bytes, int from, int to) {
        int slot = slot(to - from, bytes[from], bytes[to - 1]);
        for (Field at = TABLE[slot]; at != null; at = TABLE[slot = slot + 1 & MASK]) {
            if (Octet.same(bytes, from, to, at.text)) {
                return at;
            }
        }
        return OTHER;
    }

    /** The field of this name, in any case. */
    static Field of(String name) {
        if (name.isEmpty()) {
            return OTHER;
        }
        int slot = slot(name.length(), name.charAt(0), name.charAt(name.length() - 1));
        for (Field at = TABLE[slot]; at != null; at = TABLE[slot = slot + 1 & MASK]) {
            if (at.text.equalsIgnoreCase(name)) {
                return at;
            }
        }
        return OTHER;
    }

    /** A set of fields, to be asked by {@link #in}. */
    static long set(Field... fields) {
        long set = 0;
        for (Field field : fields) {
            set |= 1L << field.ordinal();
        }
        return set;
    }

    boolean in(long set) {
        return (set >>> ordinal() & 1) != 0;
    }

    /** {@link #of}, with underscores taken for hyphens. */
    static boolean disguised(byte[] bytes, int from, int to) {
        byte[] plain = java.util.Arrays.copyOfRange(bytes, from, to);
        for (int i = 0; i < plain.length; i++) {
            if (plain[i] == '_') {
                plain[i] = '-';
            }
        }
        return of(plain, 0, plain.length) != OTHER;
    }
}
