package dev.weir.agent.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** One message of a received datagram; {@code body} starts after the netlink header. */
record NetlinkMessage(int type, int flags, int sequence, ByteBuffer body) {
    static final int ERROR = 2;
    static final int DONE = 3;
    static final int REQUEST = 1;
    static final int ACK = 4;
    static final int DUMP_INTERRUPTED = 0x10;
    static final int DUMP = 0x300;
    static final int CREATE = 0x400;
    private static final int HEADER_BYTES = 16;
    private static final int FLAG_CAPPED = 0x100;
    private static final int FLAG_ACK_ATTRIBUTES = 0x200;
    private static final int ERROR_TEXT = 1;
    private static final int ERROR_OFFSET = 2;

    /** The answer to one request: no error at all, or errno with what the kernel adds to it. */
    record Answer(int errno, int offset, String text) {
        boolean ok() {
            return errno == 0;
        }
    }

    static List<NetlinkMessage> parse(ByteBuffer datagram) throws IOException {
        List<NetlinkMessage> messages = new ArrayList<>();
        ByteBuffer in = datagram.duplicate().order(ByteOrder.nativeOrder());
        while (in.remaining() >= HEADER_BYTES) {
            int start = in.position();
            int length = in.getInt();
            int type = in.getShort() & 0xffff;
            int flags = in.getShort() & 0xffff;
            int sequence = in.getInt();
            if (length < HEADER_BYTES || start + length > in.limit()) {
                throw new IOException("netlink message of " + length + " bytes does not fit");
            }
            ByteBuffer body = in.slice(start + HEADER_BYTES, length - HEADER_BYTES);
            messages.add(new NetlinkMessage(type, flags, sequence, body.order(in.order())));
            in.position(Math.min(in.limit(), start + Attribute.align(length)));
        }
        return messages;
    }

    /** Reads this message as NLMSG_ERROR (an acknowledgement is error 0). */
    Answer answer() throws IOException {
        int errno = -body.getInt(0);
        int request = body.getInt(4);
        if ((flags & FLAG_ACK_ATTRIBUTES) == 0) {
            return new Answer(errno, -1, "");
        }
        boolean capped = (flags & FLAG_CAPPED) != 0;
        int skip = 4 + (capped ? HEADER_BYTES : Attribute.align(request));
        int offset = -1;
        String text = "";
        for (Attribute attribute : Attribute.parse(Attribute.after(body, skip))) {
            switch (attribute.type()) {
                case ERROR_TEXT -> text = attribute.string();
                case ERROR_OFFSET -> offset = attribute.value().getInt(0);
                default -> {} // newer kernels may say more
            }
        }
        return new Answer(errno, offset, text);
    }
}
