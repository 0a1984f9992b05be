package dev.weir.agent.l7.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Lines of the access log on their way to the writer, without an object for each. Owned by one
 * event loop, which never waits: lines are dropped while the writer is behind.
 */
final class LineBuffer {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Of one text; a longer one is cut. */
    private static final int MOST_TEXT = 2_048;

    private final AccessLog log;
    private byte[] bytes;
    private int at;

    LineBuffer(AccessLog log) {
        this.log = log;
        this.bytes = log.isOn() ? new byte[AccessLog.BATCH] : new byte[0];
    }

    boolean isOn() {
        return log.isOn();
    }

    /** Begins a line. */
    LineBuffer begin() {
        if (at > AccessLog.BATCH / 2) {
            handOver();
        }
        return this;
    }

    LineBuffer raw(byte b) {
        bytes[at++] = b;
        return this;
    }

    LineBuffer raw(byte[] ascii) {
        System.arraycopy(ascii, 0, bytes, at, ascii.length);
        at += ascii.length;
        return this;
    }

    /**
     * Text of anybody: what is not visible ASCII, quotation marks and backslashes as {@code \xNN}.
     */
    LineBuffer text(String text) {
        int length = Math.min(text.length(), MOST_TEXT);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                bytes[at++] = (byte) c;
            } else {
                bytes[at++] = '\\';
                bytes[at++] = 'x';
                bytes[at++] = HEX[c >> 4 & 15];
                bytes[at++] = HEX[c & 15];
            }
        }
        return this;
    }

    /** Not negative. */
    LineBuffer number(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        at += digits;
        return this;
    }

    void end() {
        bytes[at++] = '\n';
        if (at > AccessLog.BATCH / 2) {
            handOver();
        }
    }

    /** Gives what there is to the writer. */
    void handOver() {
        if (at > 0) {
            byte[] next = log.swap(bytes, at);
            if (next == bytes) {
                log.dropped(lines());
            }
            bytes = next;
            at = 0;
        }
    }

    private int lines() {
        int count = 0;
        for (byte b : Arrays.copyOf(bytes, at)) {
            count += b == '\n' ? 1 : 0;
        }
        return count;
    }
}
