package dev.weir.service;

import dev.weir.core.v1.SecretsGrpc;
import dev.weir.dns.v1.NamesGrpc;
import dev.weir.model.Shards;
import dev.weir.net.v1.AddressPoolsGrpc;
import dev.weir.net.v1.EndpointSlicesGrpc;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.ServiceCidrsGrpc;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.node.v1.ProxySecretsGrpc;
import dev.weir.policy.v1.NetworkPoliciesGrpc;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.Locale;

/** Which service a process is. */
enum Role {
    /** The front door: clients and agents need no other address, so it reads every shard. */
    CONTROL_PLANE(List.of(Shards.CONTROL, Shards.SECRET), Shards.ALL),
    ENDPOINT_SERVICE(List.of(Shards.ENDPOINT), List.of(Shards.CONTROL, Shards.ENDPOINT)),
    POLICY_SERVICE(List.of(Shards.POLICY), List.of(Shards.CONTROL, Shards.POLICY)),
    DNS_SERVICE(List.of(Shards.DNS), List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.DNS));

    private final List<String> writes;
    private final List<String> follows;

    Role(List<String> writes, List<String> follows) {
        this.writes = writes;
        this.follows = follows;
    }

    /** The shard whose writer carries out these calls. */
    static String shardOf(ServiceDescriptor service) {
        return switch (service.getName()) {
            case ServicesGrpc.SERVICE_NAME,
                    EndpointSlicesGrpc.SERVICE_NAME,
                    LeasesGrpc.SERVICE_NAME,
                    AddressPoolsGrpc.SERVICE_NAME,
                    ServiceCidrsGrpc.SERVICE_NAME ->
                    Shards.ENDPOINT;
            case NetworkPoliciesGrpc.SERVICE_NAME -> Shards.POLICY;
            case NamesGrpc.SERVICE_NAME -> Shards.DNS;
            case SecretsGrpc.SERVICE_NAME, ProxySecretsGrpc.SERVICE_NAME -> Shards.SECRET;
            default -> Shards.CONTROL;
        };
    }

    /** The shards that this service writes: each has a writer of its own among its processes. */
    List<String> writes() {
        return writes;
    }

    /** The shards that it reads, those that it writes among them; the control shard always. */
    List<String> follows() {
        return follows;
    }

    /** As in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
