package dev.weir.dns;

import dev.weir.changes.Frontier;
import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.forward.ForwarderConfig;
import dev.weir.dns.resolvconf.ResolvConf;
import dev.weir.dns.responder.Responder;
import dev.weir.dns.responder.ResponderConfig;
import dev.weir.dns.v1.NamesGrpc;
import dev.weir.dns.v1.ResolveRequest;
import dev.weir.dns.v1.ResolveResponse;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.model.IpAddress;
import dev.weir.server.Calls;
import dev.weir.server.ShardDirectory;
import dev.weir.server.seat.Tenure;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The DNS service: says what the cluster's responders answer, and from which state; and where it
 * has addresses, answers there itself, for nodes whose own responder does not.
 */
public final class DnsService extends NamesGrpc.NamesImplBase implements Tenure {
    /** How long a request waits for the {@code after} that it carries. */
    private static final Duration AFTER_TIMEOUT = Duration.ofSeconds(10);

    private static final Path HOST_RESOLVERS = Path.of("/etc/resolv.conf");

    private final ShardDirectory shards;
    private final ZoneFollower follower;
    private final List<IpAddress> listen;
    private @Nullable Responder responder;

    /**
     * @param listen where to answer DNS queries, on port 53; may be none
     */
    public DnsService(ShardDirectory shards, ZoneSettings settings, List<IpAddress> listen) {
        this.shards = shards;
        this.follower = new ZoneFollower(settings);
        this.listen = List.copyOf(listen);
    }

    /** Throws UncheckedIOException if it cannot listen. */
    public void start() {
        follower.start(shards);
        if (listen.isEmpty()) {
            return;
        }
        try {
            responder =
                    Responder.open(
                            listen.stream()
                                    .map(IpAddress::toInetAddress)
                                    .map(
                                            address ->
                                                    new InetSocketAddress(
                                                            address, ResolvConf.DNS_PORT))
                                    .toList(),
                            follower::zone,
                            Forwarder.to(
                                    ResolvConf.parse(Files.readString(HOST_RESOLVERS))
                                            .upstreams(listen),
                                    ForwarderConfig.DEFAULT),
                            ResponderConfig.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException("DNS queries cannot be answered at " + listen, e);
        }
    }

    @Override
    public List<BindableService> services() {
        return List.of(this);
    }

    @Override
    public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> out) {
        Calls.unary(
                out,
                () -> {
                    shards.await(Frontier.of(request.getAfter()), AFTER_TIMEOUT);
                    return Resolution.of(follower.zone(), request);
                });
    }

    @Override
    public void close() {
        if (responder != null) {
            responder.close();
        }
        follower.close();
    }
}
