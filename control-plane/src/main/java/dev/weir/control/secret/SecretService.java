package dev.weir.control.secret;

import dev.weir.control.admission.SecretAdmission;
import dev.weir.core.v1.Secret;
import dev.weir.core.v1.SecretsGrpc;
import dev.weir.log.Shard;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.server.DerivationLoop;
import dev.weir.server.NamespaceSweep;
import dev.weir.server.ResourceService;
import dev.weir.server.ShardDirectory;
import dev.weir.server.seat.Tenure;
import io.grpc.BindableService;
import java.time.Clock;
import java.util.List;
import java.util.TreeMap;

/**
 * Owner of the shard of Secrets, whose log is sealed. Its changes are no events, and it cannot be
 * followed: proxies are sent what they terminate TLS with.
 */
public final class SecretService implements Tenure {
    private final Shard secrets;
    private final ShardDirectory shards;
    private final Clock clock;
    private final DerivationLoop sweep;

    /**
     * @param shards the control and the endpoint shard, for who uses which Secret, and this one
     */
    public SecretService(Shard secrets, ShardDirectory shards, Clock clock) {
        this.secrets = secrets;
        this.shards = shards;
        this.clock = clock;
        this.sweep =
                new DerivationLoop(
                        secrets,
                        List.of(shards.reader(Shards.CONTROL)),
                        new NamespaceSweep(secrets.shard(), steps -> new TreeMap<>()));
    }

    public void start() {
        sweep.start();
    }

    @Override
    public List<BindableService> services() {
        return List.of(
                new ResourceService(
                        SecretsGrpc.getServiceDescriptor(),
                        Kinds.SECRET,
                        secrets,
                        shards,
                        (pending, old, requested) -> {
                            Secret secret = (Secret) requested;
                            return SecretAdmission.admit(
                                    old.map(Secret.class::cast),
                                    secret,
                                    NamespaceSweep.state(
                                            shards.reader(Shards.CONTROL).image(),
                                            secret.getMetadata().getNamespace()));
                        },
                        clock),
                new ProxySecretsService(secrets, shards));
    }

    @Override
    public void close() {
        sweep.close();
    }
}
