package dev.weir.agent.l7.proxy;

import static io.netty.handler.codec.ByteToMessageDecoder.MERGE_CUMULATOR;

import dev.weir.agent.l7.http.BodyScanner;
import dev.weir.agent.l7.http.Head;
import dev.weir.agent.l7.http.Octets;
import dev.weir.agent.l7.http.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What came on a connection and is not used yet. Owned by its event loop. */
final class Pending {
    /** Bytes that are copied at first: a body may follow. */
    private static final int USUAL_HEAD = 2 << 10;

    private final Octets octets = index -> bytes().getByte(index);
    private @Nullable ByteBuf bytes;

    /** How much of a head that is not whole has been looked at. */
    private int parsed;

    boolean isEmpty() {
        return bytes == null;
    }

    int size() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    /** Takes the bytes over. */
    void add(ByteBufAllocator alloc, ByteBuf more) {
        bytes = bytes == null ? more : MERGE_CUMULATOR.cumulate(alloc, bytes, more);
    }

    /** Not when it is empty. */
    ByteBuf bytes() {
        if (bytes == null) {
            throw new IllegalStateException("nothing waits");
        }
        return bytes;
    }

    Octets octets() {
        return octets;
    }

    /**
     * Reads the head that it begins with, from a copy. After {@link Progress#MORE} it goes on when
     * there is more.
     */
    Progress parse(Head head, byte[] scratch) {
        ByteBuf from = bytes();
        int all = Math.min(from.readableBytes(), scratch.length);
        int first = Math.min(all, Math.max(USUAL_HEAD, parsed));
        from.getBytes(from.readerIndex(), scratch, 0, first);
        Progress progress = head.parse(scratch, 0, first);
        if (progress == Progress.MORE && first < all) {
            from.getBytes(from.readerIndex() + first, scratch, first, all - first);
            progress = head.parse(scratch, 0, all);
        }
        parsed = progress == Progress.MORE ? all : 0;
        return progress;
    }

    /** All of it, without a copy. */
    ByteBuf take() {
        ByteBuf all = bytes();
        bytes = null;
        return all;
    }

    /** What belongs to a body, without a copy; null when the body is wrong. */
    @Nullable ByteBuf next(BodyScanner body) {
        ByteBuf from = bytes();
        int start = from.readerIndex();
        int end = body.scan(octets, start, from.writerIndex());
        if (body.failed()) {
            return null;
        }
        return end == from.writerIndex() ? take() : from.readRetainedSlice(end - start);
    }

    void skip(int count) {
        bytes().skipBytes(count);
        dropIfUsed();
    }

    void dropIfUsed() {
        if (bytes != null && !bytes.isReadable()) {
            drop();
        }
    }

    void drop() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
