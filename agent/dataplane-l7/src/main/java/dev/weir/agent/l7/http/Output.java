package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Bytes that grow at their end. Used again and again. */
final class Output {
    private byte[] bytes = new byte[1 << 10];
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    Output put(byte[] from, int start, int end) {
        room(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
        return this;
    }

    Output put(byte[] all) {
        return put(all, 0, all.length);
    }

    /** Text as UTF-8; a control character, which nobody should have let in, is a blank. */
    Output put(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7e) {
                return put(text.substring(i).replaceAll("\\p{Cntrl}", " ").getBytes(UTF_8));
            }
            bytes[length++] = (byte) (c < ' ' && c != '\t' ? ' ' : c);
        }
        return this;
    }

    void line() {
        room(2);
        bytes[length++] = '\r';
        bytes[length++] = '\n';
    }

    private void room(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
