package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.BodyScanner;
import dev.weir.agent.l7.http.Peer;
import dev.weir.agent.l7.http.RequestHead;
import dev.weir.model.IpAddress;
import dev.weir.routing.HeaderEdit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: one exchange at a time, in order; what comes meanwhile waits. Owned by its
 * event loop.
 */
final class FrontConnection extends Connection {
    private static final Logger LOG = Logger.getLogger(FrontConnection.class);
    private static final int BAD_REQUEST_TIMEOUT = 408;

    /** Bytes of further requests, or of a body that no endpoint takes yet, that may wait. */
    private static final int MOST_WAITING = 32 << 10;

    private enum State {
        HANDSHAKE,
        /** Between requests. */
        IDLE,
        /** A part of a head is here. */
        HEAD,
        EXCHANGE,
        TUNNEL,
        /** All is said; what still comes is read and dropped, so that the answer is not lost. */
        LINGER,
        CLOSED
    }

    final int port;
    final boolean tls;
    private final RequestHead head;
    private final BodyScanner body;
    private final Pending pending = new Pending();
    private State state = State.IDLE;
    private @Nullable Exchange exchange;
    private @Nullable Peer peer;
    private byte[] client = {};
    private boolean working;

    FrontConnection(Worker worker, int port, boolean tls) {
        super(worker);
        this.port = port;
        this.tls = tls;
        this.head = new RequestHead(worker.settings.capacity().message());
        this.body = new BodyScanner(worker.settings.capacity().message());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        worker.event();
        worker.add(this);
        worker.counters.clientOpened();
        IpAddress from = Addresses.of(ctx.channel().remoteAddress());
        client = from.toString().getBytes(StandardCharsets.US_ASCII);
        peer = Addresses.peer(ctx.channel(), from, port, tls, worker.settings.trusted());
        state = tls ? State.HANDSHAKE : State.IDLE;
        deadline =
                worker.now()
                        + (tls
                                ? worker.settings.timeouts().handshake().toNanos()
                                : worker.nanos.head());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.event();
        state = State.CLOSED;
        pending.drop();
        worker.remove(this);
        worker.counters.clientClosed();
        Exchange open = exchange;
        exchange = null;
        if (open != null) {
            open.clientGone();
        }
        worker.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        worker.event();
        if (event instanceof SslHandshakeCompletionEvent handshake
                && handshake.isSuccess()
                && state == State.HANDSHAKE) {
            state = State.IDLE;
            deadline = worker.now() + worker.nanos.head();
        }
    }

    @Override
    void received(ByteBuf bytes) {
        if (state == State.LINGER || state == State.CLOSED) {
            bytes.release();
            return;
        }
        if (state == State.TUNNEL && exchange != null) {
            exchange.tunnelFromClient(bytes);
            return;
        }
        pending.add(channel().alloc(), bytes);
        work();
    }

    /** Goes on with what is here, as far as it goes. */
    void work() {
        if (working) {
            return;
        }
        working = true;
        while (!pending.isEmpty() && step()) {}
        working = false;
        regulate();
    }

    private boolean step() {
        return switch (state) {
            case IDLE, HEAD -> isWritable() && readHead();
            case EXCHANGE -> exchange != null && exchange.takesBody() && passBody(exchange);
            case TUNNEL -> {
                if (exchange != null) {
                    exchange.tunnelFromClient(pending.take());
                }
                yield false;
            }
            case HANDSHAKE, LINGER, CLOSED -> {
                pending.drop();
                yield false;
            }
        };
    }

    private boolean readHead() {
        return switch (pending.parse(head, worker.scratch)) {
            case MORE -> {
                if (state == State.IDLE) {
                    state = State.HEAD;
                    deadline = worker.now() + worker.nanos.head();
                }
                yield false;
            }
            case REFUSED -> {
                refuse(head.fault().status());
                yield false;
            }
            case DONE -> {
                pending.skip(head.end());
                body.start(head.framing(), head.length());
                state = State.EXCHANGE;
                deadline = NEVER;
                exchange = new Exchange(this, head);
                exchange.begin();
                yield true;
            }
        };
    }

    private boolean passBody(Exchange to) {
        if (body.done()) {
            return false;
        }
        ByteBuf piece = pending.next(body);
        if (piece == null) {
            to.requestBroken(body.fault().status());
            return false;
        }
        to.requestBody(piece, body.done());
        return true;
    }

    /** Reads the client, or does not, as what comes can be passed on. */
    void regulate() {
        switch (state) {
            case HANDSHAKE, LINGER -> read(true);
            case IDLE, HEAD -> read(pending.isEmpty() || isWritable());
            case EXCHANGE ->
                    read(
                            exchange != null && exchange.takesBody() && !body.done()
                                    ? exchange.isBackWritable()
                                    : pending.size() < MOST_WAITING);
            case TUNNEL -> read(exchange == null || exchange.isBackWritable());
            case CLOSED -> {}
        }
    }

    /** Whether the client's message is here as a whole. */
    boolean isRequestDone() {
        return body.done();
    }

    Peer peer() {
        if (peer == null) {
            throw new IllegalStateException("not connected");
        }
        return peer;
    }

    /** Its address as text. */
    byte[] client() {
        return client;
    }

    void tunnel() {
        state = State.TUNNEL;
        work();
    }

    /** Writes the head or the answer that the worker's writer holds. */
    void writeHead() {
        write(worker.copyOfHead(channel().alloc()));
    }

    /** The exchange has ended, its response is written. */
    void done(boolean stays) {
        exchange = null;
        if (state == State.CLOSED) {
            return;
        }
        if (stays && body.done()) {
            state = State.IDLE;
            deadline = worker.now() + worker.nanos.keepAlive();
            mark();
            work();
        } else {
            finish(!body.done() || !pending.isEmpty());
        }
    }

    /** The response cannot be ended as it was begun: the client must see that. */
    void abort() {
        exchange = null;
        if (state != State.CLOSED) {
            channel().close();
        }
    }

    /** Answers what no exchange came of, and says farewell. */
    private void refuse(int status) {
        worker.writer.answer(status, null, HeaderEdit.NONE, null, true);
        writeHead();
        worker.refused(this, status);
        finish(true);
    }

    /**
     * Closes when all is written.
     *
     * @param sending whether the client may still send; were it reset for that, it might never read
     *     the answer
     */
    void finish(boolean sending) {
        pending.drop();
        mark();
        state = State.LINGER;
        if (!sending) {
            deadline = worker.now() + worker.nanos.stalledClient();
            context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        deadline = worker.now() + worker.nanos.linger();
        read(true);
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> shutOutput());
    }

    private void shutOutput() {
        SslHandler ssl = channel().pipeline().get(SslHandler.class);
        if (ssl != null) {
            ssl.closeOutbound();
        } else if (channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
    }

    @Override
    void drain() {
        if (state == State.HANDSHAKE || state == State.IDLE) {
            channel().close();
        }
    }

    @Override
    void expired() {
        switch (state) {
            case HANDSHAKE -> channel().close();
            case IDLE, LINGER -> {
                if (isTaking()) {
                    deadline = worker.now() + worker.nanos.stalledClient();
                } else {
                    channel().close();
                }
            }
            case HEAD -> refuse(BAD_REQUEST_TIMEOUT);
            case EXCHANGE, TUNNEL -> {
                if (exchange != null) {
                    exchange.expired();
                }
            }
            case CLOSED -> {}
        }
    }

    @Override
    void writable() {
        if (exchange != null) {
            exchange.pace();
        } else {
            work();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            LOG.error("a client's connection failed", cause);
        }
        ctx.close();
    }
}
