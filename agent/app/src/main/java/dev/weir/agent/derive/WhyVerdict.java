package dev.weir.agent.derive;

import dev.weir.agent.derive.Selection.Scope;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Image;
import dev.weir.model.Backend;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.node.v1.WhyResponse.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What happens to a connection, in words.
 *
 * @param reason a sentence without its full stop
 */
record WhyVerdict(Verdict verdict, String reason) {

    /**
     * Of a connection to a Service.
     *
     * @param client empty for one outside of which no address is known
     * @param denial why a connection to an endpoint is dropped, if it is
     */
    static WhyVerdict of(
            Offer offer,
            List<Backend> endpoints,
            Optional<IpAddress> client,
            Function<Backend, Optional<String>> denial,
            Here here) {
        List<Cidr> sources = offer.handling().sources();
        boolean limited = !sources.isEmpty();
        if (limited
                && client.isPresent()
                && sources.stream().noneMatch(range -> range.contains(client.get()))) {
            return new WhyVerdict(
                    Verdict.VERDICT_DROP, "loadBalancerSourceRanges do not cover " + client.get());
        }
        if (endpoints.isEmpty()) {
            return withoutEndpoints(offer, here);
        }
        List<String> denials = endpoints.stream().flatMap(it -> denial.apply(it).stream()).toList();
        if (denials.size() == endpoints.size()) {
            return new WhyVerdict(Verdict.VERDICT_DROP, denials.getFirst());
        }
        return new WhyVerdict(
                Verdict.VERDICT_FORWARD,
                choice(endpoints.size(), offer.handling())
                        + (limited && client.isEmpty()
                                ? ", if loadBalancerSourceRanges cover the client"
                                : "")
                        + (denials.isEmpty()
                                ? ""
                                : ", but %d of them %s closed by policies"
                                        .formatted(
                                                denials.size(),
                                                denials.size() == 1 ? "is" : "are")));
    }

    private static WhyVerdict withoutEndpoints(Offer offer, Here here) {
        if (offer.selection().withheld()) {
            return new WhyVerdict(
                    Verdict.VERDICT_DROP,
                    "%s is Local, and the usable endpoints are on other nodes than %s"
                            .formatted(policy(offer), here.name()));
        }
        boolean v6 = offer.frontend().address().v6();
        long known =
                offer.selection().judged().stream().filter(it -> it.candidate().v6() == v6).count();
        return new WhyVerdict(
                Verdict.VERDICT_REJECT,
                known == 0
                        ? "the Service has no %s endpoint for this port"
                                .formatted(v6 ? "IPv6" : "IPv4")
                        : "none of the Service's endpoints is ready (%d for this port)"
                                .formatted(known));
    }

    private static String choice(int endpoints, Handling handling) {
        String way =
                switch (handling.choice()) {
                    case RANDOM -> "by chance";
                    case ROUND_ROBIN -> "in turn";
                    case SOURCE_HASH -> "by the client's address";
                };
        String affinity =
                handling.affinitySeconds() == 0
                        ? ""
                        : "; who comes back within %d s meets the same one"
                                .formatted(handling.affinitySeconds());
        return endpoints == 1
                ? "the only endpoint that serves here"
                : "one of %d endpoints, %s%s".formatted(endpoints, way, affinity);
    }

    /** The field of the Service that decides about the scope. */
    static String policy(Offer offer) {
        return offer.claim().kind() == AddressKind.CLUSTER_IP
                ? "internalTrafficPolicy"
                : "externalTrafficPolicy";
    }

    /** As in {@code WhyService.scope}. */
    static String scope(Offer offer) {
        String scope =
                "%s (%s)"
                        .formatted(
                                offer.selection().scope() == Scope.LOCAL ? "Local" : "Cluster",
                                policy(offer));
        return offer.frontend().clients() == Clients.OWN
                ? "Cluster (externalTrafficPolicy is Local, but not for the node and its pods)"
                : scope;
    }

    /** Of a connection to an address and port that is no frontend here. */
    static WhyVerdict bare(
            IpAddress address,
            WhyEnd destination,
            NodeImage image,
            NodeSettings here,
            Image endpoint) {
        if (here.addresses().contains(address)) {
            return direct("an address of this node, and no Service has the port there");
        }
        List<WhyPort> served =
                image.services().keySet().stream()
                        .filter(frontend -> frontend.address().equals(address))
                        .map(WhyPort::of)
                        .distinct()
                        .toList();
        boolean inRange =
                image.serviceCidrs(here).stream().anyMatch(range -> range.contains(address));
        if (!served.isEmpty()) {
            boolean ours = inRange || image.announcements().containsKey(address);
            return new WhyVerdict(
                    ours ? Verdict.VERDICT_REJECT : Verdict.VERDICT_DIRECT,
                    "Services have this address at other ports only: " + WhyPort.list(served));
        }
        if (inRange) {
            return new WhyVerdict(
                    Verdict.VERDICT_DROP, "no Service that this proxy serves has this address");
        }
        return direct(
                destination.is(Kinds.NODE)
                        ? "an address of node %1$s, which decides itself about its node ports"
                                .formatted(destination.node())
                        : destination.is(Kinds.POD)
                                ? "a pod's own address; no Service is involved"
                                : outside(address, endpoint));
    }

    private static WhyVerdict direct(String reason) {
        return new WhyVerdict(Verdict.VERDICT_DIRECT, reason);
    }

    private static String outside(IpAddress address, Image endpoint) {
        List<Service> naming =
                endpoint.all(Kinds.SERVICE, Service.class)
                        .filter(service -> names(service, address))
                        .toList();
        return naming.stream()
                .map(service -> Offer.key(service).qualifiedName())
                .findFirst()
                .map(
                        name ->
                                "no node takes it: Service %s names it, but it is not in"
                                                .formatted(name)
                                        + " --external-ip-ranges, or somebody else's load balancer"
                                        + " serves it")
                .orElse("an address outside of what the cluster serves");
    }

    private static boolean names(Service service, IpAddress address) {
        return service.getSpec().getExternalIpsList().contains(address.toString())
                || service.getStatus().getLoadBalancer().getIngressList().stream()
                        .anyMatch(ingress -> ingress.getIp().equals(address.toString()));
    }

    /** Why a Service has no address. */
    static String withoutAddress(Service service) {
        return service.getSpec().getType().equals("ExternalName")
                ? "an ExternalName: its name is another name of "
                        + service.getSpec().getExternalName()
                : service.getSpec().getClusterIp().equals("None")
                        ? "headless: its name leads to the endpoints themselves"
                        : "the Service has no cluster IP yet";
    }

    /** The same, unless a policy denies it. */
    WhyVerdict but(Optional<String> denial) {
        return verdict == Verdict.VERDICT_DIRECT
                ? denial.map(why -> new WhyVerdict(Verdict.VERDICT_DROP, why)).orElse(this)
                : this;
    }
}
