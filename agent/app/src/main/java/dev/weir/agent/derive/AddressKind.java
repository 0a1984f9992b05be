package dev.weir.agent.derive;

/** What a Service's address is. Where several claim one, the earlier kind comes first. */
enum AddressKind {
    CLUSTER_IP("ClusterIP"),
    NODE_PORT("NodePort"),
    LOAD_BALANCER("LoadBalancer"),
    /** The only one that a user chooses freely, so it takes nothing from the others. */
    EXTERNAL_IP("ExternalIP");

    private final String word;

    AddressKind(String word) {
        this.word = word;
    }

    /** As in {@code WhyService.address_kind}. */
    String word() {
        return word;
    }

    /** The shard's writer lets no two Services have the same one. */
    boolean unique() {
        return this == CLUSTER_IP || this == NODE_PORT;
    }
}
