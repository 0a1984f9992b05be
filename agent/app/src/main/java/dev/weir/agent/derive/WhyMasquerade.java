package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.model.Backend;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import java.util.List;
import java.util.Optional;

/**
 * Whether the other end sees an address of this node in place of the client's.
 *
 * <p>The rules are those of the nft plane's chain before the packet leaves; whoever changes them
 * there changes the words here.
 *
 * @param reason in words
 */
record WhyMasquerade(boolean yes, String reason) {

    /**
     * Of a connection to a Service.
     *
     * @param client empty for one outside of which no address is known
     */
    static WhyMasquerade service(
            Offer offer, List<Backend> endpoints, Optional<IpAddress> client, NodeSettings here) {
        if (offer.handling().masquerade()) {
            return new WhyMasquerade(
                    true, "externalTrafficPolicy is Cluster, so answers have to come back here");
        }
        boolean pod = client.filter(address -> isPod(address, here)).isPresent();
        boolean self =
                client.isPresent()
                        && endpoints.stream().anyMatch(it -> it.address().equals(client.get()));
        if (pod) {
            return !self
                    ? new WhyMasquerade(false, "the client is a pod")
                    : endpoints.size() == 1
                            ? new WhyMasquerade(true, "the pod reaches itself")
                            : new WhyMasquerade(
                                    false, "the client is a pod; only where it reaches itself");
        }
        if (offer.claim().kind() == AddressKind.CLUSTER_IP) {
            return new WhyMasquerade(true, "the client of a cluster IP is no pod");
        }
        return endpoints.stream().allMatch(Backend::local)
                ? new WhyMasquerade(false, "the endpoint is here and may see its client")
                : new WhyMasquerade(
                        true,
                        "the client is no pod, and an endpoint on another node would answer it"
                                + " directly");
    }

    /**
     * What endpoints here see in place of the client: the node's own address of their family. Empty
     * when there are none, or they see the client. Those elsewhere see what the link has by which
     * the packet leaves.
     */
    Optional<IpAddress> here(List<Backend> endpoints, NodeSettings here) {
        return endpoints.stream()
                .filter(endpoint -> yes && endpoint.local())
                .flatMap(
                        endpoint ->
                                here.addresses().stream()
                                        .filter(own -> own.v6() == endpoint.address().v6()))
                .findFirst();
    }

    /**
     * Whom an endpoint of another node sees, and policies there judge: pods as they are, in place
     * of others this node. Empty if it has no address of the family.
     */
    static Optional<IpAddress> seenElsewhere(
            Offer offer, Optional<IpAddress> client, IpAddress target, NodeSettings here) {
        boolean pod = client.filter(address -> isPod(address, here)).isPresent();
        return pod && !offer.handling().masquerade()
                ? client
                : here.addresses().stream().filter(own -> own.v6() == target.v6()).findFirst();
    }

    /** Of a connection to somebody himself. */
    static WhyMasquerade direct(Optional<IpAddress> client, WhyEnd to, NodeSettings here) {
        if (client.filter(address -> isPod(address, here)).isEmpty() || to.addresses().isEmpty()) {
            return new WhyMasquerade(false, "");
        }
        return isPod(to.addresses().getFirst(), here) || to.is(Kinds.NODE)
                ? new WhyMasquerade(false, "pods and nodes see each other's addresses")
                : new WhyMasquerade(true, "a pod's address is not known outside of the cluster");
    }

    private static boolean isPod(IpAddress address, NodeSettings here) {
        return here.podCidrs().stream().anyMatch(range -> range.contains(address));
    }
}
