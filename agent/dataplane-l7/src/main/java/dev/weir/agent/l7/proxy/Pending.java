package dev.weir.agent.l7.proxy;

import static io.netty.handler.codec.ByteToMessageDecoder.MERGE_CUMULATOR;

import dev.weir.agent.l7.http.BodyScanner;
import dev.weir.agent.l7.http.Octets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What came on a connection and is not used yet. Owned by its event loop. */
final class Pending {
    private final Octets octets = index -> bytes().getByte(index);
    private @Nullable ByteBuf bytes;

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

    /** Copies from the beginning, as far as there is room; how much that was. */
    int copyTo(byte[] array) {
        ByteBuf from = bytes();
        int count = Math.min(from.readableBytes(), array.length);
        from.getBytes(from.readerIndex(), array, 0, count);
        return count;
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
