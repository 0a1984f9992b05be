package dev.weir.dns;

import dev.weir.changes.Frontier;
import dev.weir.dns.v1.NamesGrpc;
import dev.weir.dns.v1.ResolveRequest;
import dev.weir.dns.v1.ResolveResponse;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.server.ShardDirectory;
import dev.weir.server.StatusMapper;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The DNS service: says what the cluster's responders answer, and from which state. */
public final class DnsService extends NamesGrpc.NamesImplBase implements AutoCloseable {
    /** How long a request waits for the {@code after} that it carries. */
    private static final Duration AFTER_TIMEOUT = Duration.ofSeconds(10);

    private static final Executor VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();

    private final ShardDirectory shards;
    private final ZoneFollower follower;

    public DnsService(ShardDirectory shards, ZoneSettings settings) {
        this.shards = shards;
        this.follower = new ZoneFollower(settings);
    }

    public void start() {
        follower.start(shards);
    }

    public List<BindableService> services() {
        return List.of(this);
    }

    @Override
    public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> out) {
        VIRTUAL.execute(
                () -> {
                    try {
                        shards.await(Frontier.of(request.getAfter()), AFTER_TIMEOUT);
                        out.onNext(Resolution.of(follower.zone(), request));
                        out.onCompleted();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        out.onError(
                                Status.UNAVAILABLE
                                        .withDescription("the server is stopping")
                                        .asException());
                    } catch (RuntimeException e) {
                        out.onError(StatusMapper.toStatus(e));
                    }
                });
    }

    @Override
    public void close() {
        follower.close();
    }
}
