package dev.weir.model;

import java.util.List;

/** The names of the shards: one log, one writer and one history of revisions each. */
public final class Shards {
    /** Namespaces, nodes, pods, address blocks, Ingresses and Gateways. Owner: control-plane. */
    public static final String CONTROL = "control";

    /** Services, EndpointSlices, AddressPools, ServiceCIDRs. Owner: endpoint-service. */
    public static final String ENDPOINT = "endpoint";

    /** Network policies and the members of their groups. Owner: policy-service. */
    public static final String POLICY = "policy";

    /**
     * No objects yet: its writer is the one that answers for names. Owner: dns-service, where that
     * is a process of its own.
     */
    public static final String DNS = "dns";

    /**
     * Secrets, in a log that is encrypted. Nobody follows it whole but its owner: who terminates
     * TLS is sent those that he uses. Owner: control-plane.
     */
    public static final String SECRET = "secret";

    public static final List<String> ALL = List.of(CONTROL, ENDPOINT, POLICY, DNS, SECRET);

    private Shards() {}
}
