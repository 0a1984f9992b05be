package dev.weir.endpoint.condition;

/** The types of a Service's conditions that are written here. */
public final class Types {
    /** Whether the Service has its load-balancer addresses. */
    public static final String ADDRESS_ASSIGNED = "LoadBalancerAddressAssigned";

    /** Whether nodes take traffic to the Service's externalIPs. */
    public static final String EXTERNAL_IPS = "ExternalIPsProgrammed";

    /** False when a port was given before the range became what it is; else absent. */
    public static final String NODE_PORT = "NodePortInRange";

    /** False when an address was given before the range became what it is; else absent. */
    public static final String CLUSTER_IP = "ClusterIPInRange";

    private Types() {}
}
