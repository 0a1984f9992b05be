package dev.weir.server.listen;

import io.grpc.BindableService;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.quarkus.arc.Arc;
import io.quarkus.grpc.runtime.config.GrpcClientConfiguration;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.quarkus.grpc.spi.GrpcBuilderProvider;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownContext;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Any;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has Quarkus' gRPC server listen where {@link ListenConfig} says. Quarkus finds it by its service
 * file, and adds services, interceptors, health and reflection as to a server of its own.
 */
public final class SocketServerProvider implements GrpcBuilderProvider<SocketServerBuilder> {
    private static final Logger LOG = Logger.getLogger(SocketServerProvider.class);

    /**
     * Called on the main thread before anything listens; what is thrown here ends the process. So a
     * second instance leaves before it touches the log of the first, and the services are made
     * here, because replaying their logs takes longer than an event loop may be held.
     */
    @Override
    public boolean providesServer(GrpcServerConfiguration configuration) {
        if (address() instanceof ListenAddress.Unix(var path)) {
            new SocketFile(path).claim();
        }
        for (BindableService service :
                Arc.container().select(BindableService.class, Any.Literal.INSTANCE)) {
            LOG.debugf("Made %s", service.bindService().getServiceDescriptor().getName());
        }
        return true;
    }

    @Override
    public ServerBuilder<SocketServerBuilder> createServerBuilder(
            Vertx vertx, GrpcServerConfiguration configuration, LaunchMode launchMode) {
        return new SocketServerBuilder(vertx, address());
    }

    private static ListenAddress address() {
        return Arc.container().instance(Listener.class).get().address();
    }

    @Override
    public void startServer(Server server) throws Exception {
        server.start();
    }

    @Override
    public void postStartup(Server server, ShutdownContext shutdown) {
        shutdown.addShutdownTask(server::shutdownNow);
    }

    @Override
    public boolean serverAlreadyExists() {
        return false;
    }

    @Override
    public String serverInfo(String host, int port, GrpcServerConfiguration configuration) {
        return "gRPC server on " + address();
    }

    @Override
    public void devModeReload(
            List<ServerServiceDefinition> services,
            Map<String, ServerMethodDefinition<?, ?>> methods,
            List<ServerInterceptor> interceptors,
            ShutdownContext shutdown) {
        throw new UnsupportedOperationException("dev mode: restart instead");
    }

    @Override
    public boolean providesChannel(GrpcClientConfiguration configuration) {
        return false;
    }

    @Override
    public @Nullable String resolver() {
        return null;
    }

    @Override
    public ManagedChannelBuilder<?> createChannelBuilder(
            GrpcClientConfiguration configuration, String target) {
        throw new UnsupportedOperationException("provides servers only");
    }

    @Override
    public String channelInfo(GrpcClientConfiguration configuration) {
        throw new UnsupportedOperationException("provides servers only");
    }
}
