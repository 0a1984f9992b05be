package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.BodyScanner;
import dev.weir.agent.l7.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A connection to an endpoint. Owned by the event loop of the client that it serves. */
final class BackConnection extends Connection implements ChannelFutureListener {
    private static final Logger LOG = Logger.getLogger(BackConnection.class);

    private enum State {
        CONNECTING,
        IDLE,
        /** A request is sent, at least in part; the head of its response is not here. */
        HEAD,
        BODY,
        TUNNEL,
        CLOSED
    }

    final Destination destination;
    private final ResponseHead head;
    private final BodyScanner body;
    private final Pending pending = new Pending();
    private State state = State.CONNECTING;
    private @Nullable Attempts waiting;
    private @Nullable Exchange exchange;

    /** It has served another exchange before, so that its end may be older than this one. */
    private boolean used;

    /** A byte of the response has come. */
    private boolean heard;

    private boolean unchunked;

    BackConnection(Worker worker, Destination destination, Attempts waiting) {
        super(worker);
        this.destination = destination;
        this.waiting = waiting;
        this.head = new ResponseHead(worker.settings.capacity().message());
        this.body = new BodyScanner(worker.settings.capacity().message().anyBody());
    }

    /** The attempt to connect has ended. */
    @Override
    public void operationComplete(ChannelFuture connected) {
        worker.event();
        Attempts of = waiting;
        waiting = null;
        if (!connected.isSuccess()) {
            state = State.CLOSED;
            if (of != null) {
                of.connectFailed(connected.cause());
            }
        } else {
            worker.add(this);
            worker.counters.backendOpened();
            state = State.IDLE;
            if (of != null) {
                of.attach(this);
            } else {
                rest();
            }
        }
        worker.flush();
    }

    /** The exchange no longer waits for this connection. */
    void abandon() {
        waiting = null;
        exchange = null;
        if (state != State.CONNECTING) {
            close();
        }
    }

    /** Serves an exchange from now on. */
    void begin(Exchange next) {
        exchange = next;
        state = State.HEAD;
        heard = false;
        deadline = NEVER;
    }

    /** Unused from now on: for the next exchange, unless there is none to come. */
    private void rest() {
        exchange = null;
        state = State.IDLE;
        used = true;
        read(true);
        deadline = worker.now() + worker.nanos.backendIdle();
        if (worker.isDraining()
                || !destination.keep(this, worker.settings.capacity().idleBackends())) {
            close();
        }
    }

    void close() {
        if (exchange == null) {
            destination.forget(this);
        }
        channel().close();
    }

    /** Sends what is written, for a while, and closes. */
    void finish() {
        exchange = null;
        state = State.IDLE;
        deadline = worker.now() + worker.nanos.linger();
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    void received(ByteBuf bytes) {
        if (state == State.TUNNEL && exchange != null) {
            exchange.tunnelFromBackend(bytes);
        } else if (exchange == null || state != State.HEAD && state != State.BODY) {
            bytes.release();
            close();
        } else {
            heard = true;
            pending.add(channel().alloc(), bytes);
            work(exchange);
        }
    }

    private void work(Exchange of) {
        while (!pending.isEmpty() && exchange == of) {
            if (state == State.HEAD) {
                if (!readHead(of, pending.bytes())) {
                    return;
                }
            } else if (state == State.BODY) {
                passBody(of, pending.bytes(), pending.bytes().readerIndex());
            } else if (state == State.TUNNEL) {
                of.tunnelFromBackend(pending.take());
            } else {
                pending.drop();
            }
        }
    }

    /** False when nothing can go on now. */
    private boolean readHead(Exchange of, ByteBuf bytes) {
        switch (pending.parse(head, worker.scratch)) {
            case MORE -> {
                return false;
            }
            case REFUSED -> {
                of.responseBroken();
                return false;
            }
            case DONE -> {}
        }
        bytes.skipBytes(head.end());
        if (head.interim()) {
            of.interim(head);
            pending.dropIfUsed();
            return true;
        }
        if (!of.responseHead(head)) {
            return false;
        }
        if (head.status() == 101) {
            state = State.TUNNEL;
            of.switched();
            pending.dropIfUsed();
            return true;
        }
        state = State.BODY;
        body.start(head.framing(of.request().isHead()), head.length());
        unchunked = head.unchunked(of.request());
        int length = worker.writer.length();
        if (unchunked || length > head.end()) {
            of.writeHead();
            of.pace();
            passBody(of, bytes, bytes.readerIndex());
        } else {
            // The new head takes the place of the old one, and one buffer goes on.
            int start = bytes.readerIndex() - length;
            bytes.setBytes(start, worker.writer.bytes(), 0, length);
            passBody(of, bytes, start);
        }
        return true;
    }

    /**
     * Passes on what belongs to the body.
     *
     * @param start where what goes to the client begins: a head may stand before the body
     */
    private void passBody(Exchange of, ByteBuf bytes, int start) {
        int from = bytes.readerIndex();
        int end =
                unchunked
                        ? body.scan(
                                pending.octets(),
                                from,
                                bytes.writerIndex(),
                                (a, b) -> of.responseBytes(bytes.retainedSlice(a, b - a)))
                        : body.scan(pending.octets(), from, bytes.writerIndex());
        if (body.failed()) {
            of.responseBroken();
            return;
        }
        boolean all = end == bytes.writerIndex();
        if (unchunked) {
            bytes.readerIndex(end);
            pending.dropIfUsed();
        } else if (all) {
            bytes.readerIndex(start);
            pending.take();
            if (bytes.isReadable()) {
                of.responseBytes(bytes);
            } else {
                bytes.release();
            }
        } else {
            bytes.readerIndex(end);
            of.responseBytes(bytes.retainedSlice(start, end - start));
        }
        if (body.done()) {
            end(of, all);
        }
    }

    /** The response is here as a whole. */
    private void end(Exchange of, boolean clean) {
        boolean stays = clean && head.keepAlive() && of.isRequestSent();
        pending.drop();
        exchange = null;
        if (stays) {
            rest();
        } else {
            state = State.IDLE;
            close();
        }
        of.responseEnd();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (slot < 0) {
            return;
        }
        worker.event();
        worker.remove(this);
        worker.counters.backendClosed();
        State was = state;
        Exchange of = exchange;
        state = State.CLOSED;
        exchange = null;
        pending.drop();
        if (of == null) {
            destination.forget(this);
        } else if (was == State.BODY && body.close()) {
            of.responseEnd();
        } else if (was == State.HEAD) {
            of.unanswered(used, heard);
        } else {
            of.backendGone();
        }
        worker.flush();
    }

    @Override
    void drain() {
        // The exchange that it serves ends first.
    }

    @Override
    void expired() {
        if (exchange != null) {
            exchange.backendSilent();
        } else {
            close();
        }
    }

    @Override
    void writable() {
        if (exchange != null) {
            exchange.front.regulate();
        }
    }

    /**
     * A failed write does not end the connection: an answer may have come before the endpoint
     * stopped to read.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a connection to " + destination.endpoint + " failed", cause);
            ctx.close();
        }
    }
}
