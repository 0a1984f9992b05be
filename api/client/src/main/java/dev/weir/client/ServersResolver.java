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
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives gRPC the addresses of {@link Servers}, in their order; gRPC uses the first that accepts a
 * connection. Hosts are looked up again whenever no connection is left.
 */
final class ServersResolver extends NameResolver {
    private static final String SCHEME = "weir";

    private final Servers servers;
    private final Executor lookups;
    private @Nullable Listener2 listener;

    private ServersResolver(Servers servers, Executor lookups) {
        this.servers = servers;
        this.lookups = lookups;
    }

    /** What a channel is made for, so that it finds this resolver. */
    static String target(Servers servers) {
        return servers.addresses().stream()
                .map(address -> URLEncoder.encode(address.toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(",", SCHEME + ":///", ""));
    }

    @Override
    public String getServiceAuthority() {
        return SCHEME;
    }

    @Override
    public void start(Listener2 told) {
        listener = told;
        refresh();
    }

    @Override
    public void refresh() {
        if (listener instanceof Listener2 told) {
            lookups.execute(() -> told.onResult(resolve()));
        }
    }

    private ResolutionResult resolve() {
        List<EquivalentAddressGroup> found =
                servers.addresses().stream()
                        .flatMap(ServersResolver::addresses)
                        .map(EquivalentAddressGroup::new)
                        .toList();
        return ResolutionResult.newBuilder()
                .setAddressesOrError(
                        found.isEmpty()
                                ? StatusOr.fromStatus(
                                        Status.UNAVAILABLE.withDescription(
                                                "no host of this name: " + servers))
                                : StatusOr.fromValue(found))
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
            List<ServerAddress> addresses =
                    Arrays.stream(target.getRawPath().substring(1).split(",", -1))
                            .map(text -> URLDecoder.decode(text, StandardCharsets.UTF_8))
                            .map(ServerAddress::parse)
                            .toList();
            return new ServersResolver(new Servers(addresses), args.getOffloadExecutor());
        }

        @Override
        public String getDefaultScheme() {
            return SCHEME;
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
