package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Messages as text, for tests. */
final class Wire {
    private Wire() {}

    /** The bytes of a text whose lines end in LF, with CRLF instead. */
    static byte[] crlf(String text) {
        return bytes(text.replace("\n", "\r\n"));
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, ISO_8859_1);
    }

    /** Makes what cannot be seen visible. */
    static String shown(byte[] bytes) {
        StringBuilder shown = new StringBuilder();
        for (byte b : bytes) {
            switch (b) {
                case '\r' -> shown.append("\\r");
                case '\n' -> shown.append("\\n\n");
                default -> {
                    if (b >= 0x20 && b < 0x7f) {
                        shown.append((char) b);
                    } else {
                        shown.append("\\x%02x".formatted(b));
                    }
                }
            }
        }
        return shown.toString();
    }

    static RequestHead request(String text) {
        RequestHead head = new RequestHead(Limits.DEFAULT);
        parsed(head, crlf(text));
        return head;
    }

    static ResponseHead response(String text) {
        ResponseHead head = new ResponseHead(Limits.DEFAULT);
        parsed(head, crlf(text));
        return head;
    }

    private static void parsed(Head head, byte[] bytes) {
        Progress progress = head.parse(bytes, 0, bytes.length);
        assertThat(progress)
                .as(() -> progress == Progress.REFUSED ? head.fault().text() : "cut off")
                .isEqualTo(Progress.DONE);
    }

    /** The whole of an array that has something else around what is to be read. */
    static byte[] framed(byte[] bytes, int before, int after) {
        byte[] framed = new byte[before + bytes.length + after];
        Arrays.fill(framed, (byte) '!');
        System.arraycopy(bytes, 0, framed, before, bytes.length);
        return framed;
    }
}
