package dev.weir.server.listen;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.vertx.core.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server whose socket file appears when it listens, and goes before it stops. */
final class UnixServer extends Server {
    private final Server server;
    private final SocketFile file;
    private volatile boolean published;

    UnixServer(Server server, SocketFile file) {
        this.server = server;
        this.file = file;
    }

    @Override
    @CanIgnoreReturnValue
    public Server start() throws IOException {
        server.start();
        file.publish();
        published = true;
        return this;
    }

    @Override
    @CanIgnoreReturnValue
    public Server shutdown() {
        unpublish();
        server.shutdown();
        return this;
    }

    @Override
    @CanIgnoreReturnValue
    public Server shutdownNow() {
        unpublish();
        server.shutdownNow();
        return this;
    }

    private void unpublish() {
        if (published) {
            published = false;
            try {
                file.remove();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public boolean isShutdown() {
        return server.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return server.isTerminated();
    }

    /**
     * Quarkus stops the server on an event loop, maybe the very one that has to end its
     * connections: waiting there would only use up the timeout. The agents' streams never end by
     * themselves anyway, so what is open is cut.
     */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        if (Context.isOnEventLoopThread()) {
            server.shutdownNow();
            return server.isTerminated();
        }
        return server.awaitTermination(timeout, unit);
    }

    @Override
    public void awaitTermination() throws InterruptedException {
        server.awaitTermination();
    }

    @Override
    public List<? extends SocketAddress> getListenSockets() {
        return server.getListenSockets();
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        return server.getServices();
    }

    @Override
    public List<ServerServiceDefinition> getImmutableServices() {
        return server.getImmutableServices();
    }

    @Override
    public List<ServerServiceDefinition> getMutableServices() {
        return server.getMutableServices();
    }
}
