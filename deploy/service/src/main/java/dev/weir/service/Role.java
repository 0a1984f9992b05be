package dev.weir.service;

import dev.weir.dns.v1.NamesGrpc;
import dev.weir.model.Shards;
import dev.weir.net.v1.AddressPoolsGrpc;
import dev.weir.net.v1.EndpointSlicesGrpc;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.ServiceCidrsGrpc;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.policy.v1.NetworkPoliciesGrpc;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.Locale;

/** Which service a process is. */
enum Role {
    /** The front door: clients and agents need no other address, so it reads every shard. */
    CONTROL_PLANE(
            Shards.CONTROL, List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY, Shards.DNS)),
    ENDPOINT_SERVICE(Shards.ENDPOINT, List.of(Shards.CONTROL, Shards.ENDPOINT)),
    POLICY_SERVICE(Shards.POLICY, List.of(Shards.CONTROL, Shards.POLICY)),
    DNS_SERVICE(Shards.DNS, List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.DNS));

    private final String shard;
    private final List<String> follows;

    Role(String shard, List<String> follows) {
        this.shard = shard;
        this.follows = follows;
    }

    /** Whose calls these are. */
    static Role owning(ServiceDescriptor service) {
        return switch (service.getName()) {
            case ServicesGrpc.SERVICE_NAME,
                    EndpointSlicesGrpc.SERVICE_NAME,
                    LeasesGrpc.SERVICE_NAME,
                    AddressPoolsGrpc.SERVICE_NAME,
                    ServiceCidrsGrpc.SERVICE_NAME ->
                    ENDPOINT_SERVICE;
            case NetworkPoliciesGrpc.SERVICE_NAME -> POLICY_SERVICE;
            case NamesGrpc.SERVICE_NAME -> DNS_SERVICE;
            default -> CONTROL_PLANE;
        };
    }

    /** The shard that this service writes. */
    String shard() {
        return shard;
    }

    /** The shards that it reads, its own among them; the control shard always. */
    List<String> follows() {
        return follows;
    }

    /** As in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
