package dev.weir.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives gRPC the addresses of a channel's servers, in the order of the {@link ServerChoice}; gRPC
 * uses the first that accepts a connection. Hosts are looked up again whenever no connection is
 * left.
 */
final class ServersResolver extends NameResolver {
    /** What a channel is made for, so that it finds this resolver. */
    static final String TARGET = "weir:///servers";

    static final Args.Key<ServerChoice> CHOICE = Args.Key.create("weir-servers");

    private final ServerChoice choice;
    private final Executor lookups;
    private volatile Map<SocketAddress, ServerAddress> known = Map.of();
    private volatile @Nullable Listener2 listener;

    private ServersResolver(ServerChoice choice, Executor lookups) {
        this.choice = choice;
        this.lookups = lookups;
    }

    @Override
    public String getServiceAuthority() {
        return "weir";
    }

    @Override
    public void start(Listener2 told) {
        listener = told;
        choice.use(this);
        refresh();
    }

    @Override
    public void refresh() {
        resolve(choice.inOrder());
    }

    /** Until the next look-up. When it is the only one, nothing changes. */
    void resolveWithout(ServerAddress left) {
        List<ServerAddress> others =
                choice.inOrder().stream().filter(server -> !server.equals(left)).toList();
        if (!others.isEmpty()) {
            resolve(others);
        }
    }

    /** Of an address that was given to gRPC. */
    @Nullable ServerAddress serverAt(SocketAddress address) {
        return known.get(address);
    }

    private void resolve(List<ServerAddress> servers) {
        Listener2 told = listener;
        if (told != null) {
            lookups.execute(() -> told.onResult(lookUp(servers)));
        }
    }

    private ResolutionResult lookUp(List<ServerAddress> servers) {
        Map<SocketAddress, ServerAddress> found = new LinkedHashMap<>();
        servers.forEach(server -> addresses(server).forEach(at -> found.putIfAbsent(at, server)));
        known = found;
        return ResolutionResult.newBuilder()
                .setAddressesOrError(
                        found.isEmpty()
                                ? StatusOr.fromStatus(
                                        Status.UNAVAILABLE.withDescription(
                                                "no host of this name: " + servers))
                                : StatusOr.fromValue(
                                        found.keySet().stream()
                                                .map(EquivalentAddressGroup::new)
                                                .toList()))
                .build();
    }

    /** Of both families; none for a host that is not known at present. */
    private static Stream<SocketAddress> addresses(ServerAddress server) {
        return switch (server) {
            case ServerAddress.Unix(var path) -> Stream.of(UnixDomainSocketAddress.of(path));
            case ServerAddress.Tcp(var host, var port) -> {
                try {
                    yield Stream.of(InetAddress.getAllByName(host))
                            .map(address -> new InetSocketAddress(address, port));
                } catch (UnknownHostException e) {
                    yield Stream.empty();
                }
            }
        };
    }

    @Override
    public void shutdown() {
        listener = null;
    }

    /** Known to gRPC by its service file. */
    public static final class Provider extends NameResolverProvider {
        @Override
        public NameResolver newNameResolver(URI target, Args args) {
            return new ServersResolver(
                    Objects.requireNonNull(args.getArg(CHOICE), "made by Connection only"),
                    args.getOffloadExecutor());
        }

        @Override
        public String getDefaultScheme() {
            return URI.create(TARGET).getScheme();
        }

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }
    }
}
