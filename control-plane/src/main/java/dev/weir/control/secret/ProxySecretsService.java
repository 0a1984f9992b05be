package dev.weir.control.secret;

import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.Stored;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ObjectChange;
import dev.weir.node.v1.ProxySecretsGrpc;
import dev.weir.node.v1.ProxySecretsRequest;
import dev.weir.node.v1.ProxySecretsResponse;
import dev.weir.routing.compile.Compile;
import dev.weir.server.Calls;
import dev.weir.server.PacedCall;
import dev.weir.server.ShardDirectory;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sends proxies the Secrets that listeners and Ingresses served here terminate TLS with, and no
 * other.
 */
final class ProxySecretsService extends ProxySecretsGrpc.ProxySecretsImplBase {
    /** A change of who uses which Secret is seen after this at the latest. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    /** Changes that come together are told together. */
    private static final Duration GATHER = Duration.ofMillis(20);

    private final ShardReader secrets;
    private final ShardReader control;
    private final ShardReader endpoint;

    /** Guards {@link #compile}, which remembers certificates. */
    private final Object lock = new Object();

    private final Compile compile = new Compile();

    ProxySecretsService(ShardReader secrets, ShardDirectory shards) {
        this.secrets = secrets;
        this.control = shards.reader(Shards.CONTROL);
        this.endpoint = shards.reader(Shards.ENDPOINT);
    }

    @Override
    public void follow(ProxySecretsRequest request, StreamObserver<ProxySecretsResponse> out) {
        var call = (ServerCallStreamObserver<ProxySecretsResponse>) out;
        PacedCall<ProxySecretsResponse> paced = new PacedCall<>(call);
        Calls.stream(call, () -> Thread.startVirtualThread(() -> paced.run(() -> follow(paced))));
    }

    private void follow(PacedCall<ProxySecretsResponse> out) throws InterruptedException {
        Image told = Image.empty(Shards.SECRET);
        SortedMap<Key, Stored> sent = new TreeMap<>();
        boolean first = true;
        while (out.isOpen()) {
            Image image = secrets.image();
            SortedMap<Key, Stored> used = used(image);
            boolean changed = first || !used.equals(sent) || !image.logId().equals(told.logId());
            if (changed || image.revision() != told.revision()) {
                out.send(message(image, used, changed));
                told = image;
                sent = used;
                first = false;
            }
            secrets.next(image.logId(), image.revision(), IDLE);
            Thread.sleep(GATHER);
        }
    }

    private SortedMap<Key, Stored> used(Image image) {
        SortedMap<Key, Stored> used = new TreeMap<>();
        synchronized (lock) {
            compile.apply(control.image(), endpoint.image(), image)
                    .secrets()
                    .forEach(key -> image.get(key).ifPresent(stored -> used.put(key, stored)));
        }
        return used;
    }

    private static ProxySecretsResponse message(
            Image image, SortedMap<Key, Stored> used, boolean snapshot) {
        FollowResponse.Builder part =
                FollowResponse.newBuilder()
                        .setShard(image.shard())
                        .setLogId(image.logId())
                        .setRevision(image.revision())
                        .setAfter(image.after().toProto())
                        .setSnapshot(snapshot);
        if (snapshot) {
            used.forEach(
                    (key, stored) ->
                            part.addChanges(
                                    ObjectChange.newBuilder()
                                            .setKey(key.toProto())
                                            .setRevision(stored.revision())
                                            .setPut(stored.toAny())));
        }
        return ProxySecretsResponse.newBuilder().setPart(part).build();
    }
}
