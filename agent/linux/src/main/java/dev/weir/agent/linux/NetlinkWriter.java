package dev.weir.agent.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A growing buffer of netlink messages. Headers are in native byte order; nfnetlink numbers are big
 * endian (RFC 3549 leaves it to the family; linux/netfilter/nfnetlink.h settles it).
 */
final class NetlinkWriter {
    static final int NESTED = 0x8000;
    private static final int INITIAL_BYTES = 4096;

    private ByteBuffer out = ByteBuffer.allocate(INITIAL_BYTES).order(ByteOrder.nativeOrder());

    int position() {
        return out.position();
    }

    /** Starts a message and returns its offset for {@link #endMessage}. */
    int beginMessage(int type, int flags, int sequence) {
        room(16);
        int start = out.position();
        out.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
        return start;
    }

    void endMessage(int start) {
        out.putInt(start, out.position() - start);
    }

    /** Asks the kernel to answer the message at {@code start} also when it succeeds. */
    void askAnswer(int start) {
        out.putShort(start + 6, (short) (out.getShort(start + 6) | NetlinkMessage.ACK));
    }

    /** The four bytes that follow the header of every nfnetlink message. */
    NetlinkWriter nfgenmsg(int family, int resource) {
        room(4);
        out.put((byte) family).put((byte) 0).put((byte) (resource >> 8)).put((byte) resource);
        return this;
    }

    NetlinkWriter raw(byte[] bytes) {
        room(bytes.length + 3);
        out.put(bytes);
        pad();
        return this;
    }

    int beginNest(int type) {
        room(4);
        int start = out.position();
        out.putShort((short) 0).putShort((short) (type | NESTED));
        return start;
    }

    void endNest(int start) {
        int length = out.position() - start;
        if (length > 0xffff) {
            throw new IllegalStateException("netlink attribute of " + length + " bytes");
        }
        out.putShort(start, (short) length);
    }

    NetlinkWriter attribute(int type, byte[] value) {
        room(value.length + 8);
        out.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        pad();
        return this;
    }

    /** A NUL-terminated string attribute. */
    NetlinkWriter attribute(int type, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        byte[] terminated = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, terminated, 0, bytes.length);
        return attribute(type, terminated);
    }

    NetlinkWriter attributeBe32(int type, int value) {
        return attribute(type, ByteBuffer.allocate(4).putInt(value).array());
    }

    static byte[] hostOrder(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    NetlinkWriter attributeBe64(int type, long value) {
        return attribute(type, ByteBuffer.allocate(8).putLong(value).array());
    }

    /** All that was written, ready to send. */
    ByteBuffer toBuffer() {
        return out.duplicate().order(ByteOrder.nativeOrder()).flip();
    }

    private void pad() {
        while ((out.position() & 3) != 0) {
            out.put((byte) 0);
        }
    }

    private void room(int bytes) {
        if (out.remaining() < bytes) {
            ByteBuffer bigger =
                    ByteBuffer.allocate(Math.max(out.capacity() * 2, out.position() + bytes))
                            .order(ByteOrder.nativeOrder());
            out = bigger.put(out.flip());
        }
    }
}
