package dev.weir.agent.l7.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection, owned by its event loop. What is written goes out at the end of the event that
 * wrote it, or earlier when it is much.
 */
abstract class Connection extends ChannelInboundHandlerAdapter {
    static final long NEVER = Long.MAX_VALUE;

    /** Bytes that are written at once, so that a fast reader never seems a slow one. */
    private static final int FLUSH_AT = 64 << 10;

    final Worker worker;

    /** Where it is among the worker's connections. */
    int slot = -1;

    /** When {@link #expired} is called, as {@link Worker#now} counts; {@link #NEVER} for never. */
    long deadline = NEVER;

    private @Nullable ChannelHandlerContext context;
    private int unflushed;
    private long marked;
    private boolean waiting;
    private boolean reading = true;

    Connection(Worker worker) {
        this.worker = worker;
    }

    /** Called at the first tick after the deadline, which is {@link #NEVER} again. */
    abstract void expired();

    /** The proxy closes: what is not under way ends now. */
    abstract void drain();

    /** More can be written now, after less could. */
    abstract void writable();

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    final ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("this connection has no channel yet");
        }
        return context;
    }

    final Channel channel() {
        return context().channel();
    }

    final boolean isWritable() {
        return channel().isWritable();
    }

    /** Takes the buffer over. */
    final void write(ByteBuf bytes) {
        unflushed += bytes.readableBytes();
        context().write(bytes, channel().voidPromise());
        if (unflushed >= FLUSH_AT) {
            flush();
        } else if (!waiting) {
            waiting = true;
            worker.flushLater(this);
        }
    }

    final void flush() {
        waiting = false;
        unflushed = 0;
        context().flush();
    }

    /** Remembers how much waits to be sent. */
    final void mark() {
        marked = unsent();
    }

    /** Whether the peer is slow, but takes it: some has gone since, and more waits. Marks anew. */
    final boolean isTaking() {
        long before = marked;
        marked = unsent();
        return marked > 0 && marked < before;
    }

    private long unsent() {
        ChannelOutboundBuffer out = channel().unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    /** Whether the peer is read; costs a system call when it changes. */
    final void read(boolean on) {
        if (on != reading) {
            reading = on;
            channel().config().setAutoRead(on);
        }
    }

    /** What came; taken over. */
    abstract void received(ByteBuf bytes);

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        worker.event();
        received((ByteBuf) message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            worker.event();
            writable();
            worker.flush();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        worker.flush();
    }
}
