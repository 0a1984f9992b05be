package dev.weir.policy;

import dev.weir.log.Shard;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.policy.admission.NetworkPolicyAdmission;
import dev.weir.policy.compile.Groups;
import dev.weir.policy.v1.NetworkPoliciesGrpc;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.server.DerivationLoop;
import dev.weir.server.NamespaceSweep;
import dev.weir.server.ResourceService;
import dev.weir.server.ShardDirectory;
import dev.weir.server.seat.Tenure;
import io.grpc.BindableService;
import java.time.Clock;
import java.util.List;

/**
 * The policy service: owner of the policy shard, with NetworkPolicies as users write them and the
 * members of the groups they name.
 */
public final class PolicyService implements Tenure {
    private final Shard shard;
    private final ShardDirectory shards;
    private final Clock clock;
    private final DerivationLoop loop;

    public PolicyService(Shard shard, ShardDirectory shards, Clock clock) {
        this.shard = shard;
        this.shards = shards;
        this.clock = clock;
        Groups groups = new Groups();
        this.loop =
                new DerivationLoop(
                        shard,
                        List.of(shards.reader(Shards.CONTROL)),
                        new NamespaceSweep(
                                shard.shard(),
                                steps ->
                                        groups.derive(
                                                steps.of(Shards.CONTROL),
                                                steps.of(Shards.POLICY))));
    }

    public void start() {
        loop.start();
    }

    @Override
    public List<BindableService> services() {
        return List.of(
                new ResourceService(
                        NetworkPoliciesGrpc.getServiceDescriptor(),
                        Kinds.NETWORK_POLICY,
                        shard,
                        shards,
                        (pending, old, requested) -> {
                            NetworkPolicy policy = (NetworkPolicy) requested;
                            return NetworkPolicyAdmission.admit(
                                    old.map(NetworkPolicy.class::cast),
                                    policy,
                                    NamespaceSweep.state(
                                            shards.reader(Shards.CONTROL).image(),
                                            policy.getMetadata().getNamespace()));
                        },
                        clock));
    }

    @Override
    public void close() {
        loop.close();
    }
}
