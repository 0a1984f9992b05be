package dev.weir.agent.l7.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What a byte may be part of. */
final class Octet {
    /** Of a method or a header's name (RFC 9110 section 5.6.2). */
    static final int TOKEN = 1;

    /** Of a request's path: visible ASCII but question mark and number sign. */
    static final int PATH = 2;

    /** Of a query: visible ASCII but number sign. */
    static final int QUERY = 4;

    /** Of a host's name: letters, digits, hyphen, dot, underscore. */
    static final int HOST = 8;

    /** What makes a path worth a second look: percent sign, dot, backslash. */
    static final int SPECIAL = 16;

    static final int UNDERSCORE = 32;

    /** Of a header's value (RFC 9110 section 5.5): visible, blank, tab, and any above 127. */
    static final int VALUE = 64;

    private static final byte[] KINDS = new byte[256];
    private static final byte[] DIGITS = new byte[256];
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long BLANKS = 0x2020202020202020L;
    private static final long HIGH = 0x8080808080808080L;

    static {
        for (int b = 0; b < 256; b++) {
            boolean alnum = b < 128 && Character.isLetterOrDigit(b);
            boolean visible = b > 0x20 && b < 0x7f;
            KINDS[b] =
                    (byte)
                            ((alnum || in("!#$%&'*+-.^_`|~", b) ? TOKEN : 0)
                                    | (visible && b != '?' && b != '#' ? PATH : 0)
                                    | (visible && b != '#' ? QUERY : 0)
                                    | (alnum || in("-._", b) ? HOST : 0)
                                    | (in("%.\\", b) ? SPECIAL : 0)
                                    | (b == '_' ? UNDERSCORE : 0)
                                    | (visible || b == ' ' || b == '\t' || b > 127 ? VALUE : 0));
            DIGITS[b] = (byte) (b < 128 ? Character.digit(b, 16) : -1);
        }
    }

    private Octet() {}

    private static boolean in(String all, int b) {
        return all.indexOf(b) >= 0;
    }

    static int kinds(byte b) {
        return KINDS[b & 0xff];
    }

    static boolean is(byte b, int kind) {
        return (KINDS[b & 0xff] & kind) != 0;
    }

    /** The value of a hexadecimal digit; negative if it is none. */
    static int hex(byte b) {
        return DIGITS[b & 0xff];
    }

    static int lower(int b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }

    /** The first byte from here that is not of this kind, or {@code to}. */
    static int end(byte[] bytes, int from, int to, int kind) {
        int at = from;
        while (at < to && is(bytes[at], kind)) {
            at++;
        }
        return at;
    }

    /** The first byte from here that is not of a header's value, or {@code to}. */
    static int valueEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (true) {
            while (at <= to - Long.BYTES && visible((long) LONG.get(bytes, at))) {
                at += Long.BYTES;
            }
            int stop = Math.min(to, at + Long.BYTES);
            while (at < stop && is(bytes[at], VALUE)) {
                at++;
            }
            if (at < stop || at == to) {
                return at;
            }
        }
    }

    /** Whether all eight are from 0x20 to 0x7e. May say no where only a few of them are not. */
    private static boolean visible(long eight) {
        return ((eight - BLANKS | eight | eight + EACH) & HIGH) == 0;
    }

    /** Whether these are the text, which is in lower case, without regard to their case. */
    static boolean same(byte[] bytes, int from, int to, String text) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (lower(bytes[from + i]) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
