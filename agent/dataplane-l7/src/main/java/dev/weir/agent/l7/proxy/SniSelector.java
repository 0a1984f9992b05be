package dev.weir.agent.l7.proxy;

import dev.weir.routing.Hosts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Picks the certificate by the name that the client asks for, and refuses names that there is none
 * for (RFC 6066, section 3) rather than to show another's.
 */
final class SniSelector extends AbstractSniHandler<Optional<SslContext>> {
    /** The longest hello that is looked at; hellos with post-quantum keys have some 2 KiB. */
    private static final int MOST_HELLO = 16 << 10;

    /** A fatal alert of unrecognized_name (RFC 8446, section 6). */
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

    private final Worker worker;
    private final int port;
    private final long timeoutMillis;

    /** The hello stays in the buffer, and is looked at again at each event until the close. */
    private boolean refused;

    SniSelector(Worker worker, int port) {
        super(MOST_HELLO, worker.settings.timeouts().handshake().toMillis());
        this.worker = worker;
        this.port = port;
        this.timeoutMillis = worker.settings.timeouts().handshake().toMillis();
    }

    @Override
    protected Future<Optional<SslContext>> lookup(
            ChannelHandlerContext ctx, @Nullable String hostname) {
        Hosts<Optional<SslContext>> names = worker.snapshot().tls().get(port);
        Optional<SslContext> found =
                names == null
                        ? Optional.empty()
                        : names.find(hostname == null ? "" : hostname).flatMap(c -> c);
        return ctx.executor().newSucceededFuture(found);
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext ctx,
            @Nullable String hostname,
            Future<Optional<SslContext>> future) {
        Optional<SslContext> context = future.getNow();
        if (refused) {
            return;
        }
        if (context.isEmpty()) {
            refused = true;
            worker.counters.handshakeRefused();
            ByteBuf alert = ctx.alloc().buffer(UNRECOGNIZED_NAME.length);
            ctx.writeAndFlush(alert.writeBytes(UNRECOGNIZED_NAME))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        SslHandler handler = context.get().newHandler(ctx.alloc());
        handler.setHandshakeTimeoutMillis(timeoutMillis);
        ctx.pipeline().replace(this, "tls", handler);
    }
}
