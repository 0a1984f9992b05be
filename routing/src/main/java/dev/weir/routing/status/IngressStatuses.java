package dev.weir.routing.status;

import dev.weir.changes.Stored;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressLoadBalancerIngress;
import dev.weir.route.v1.IngressLoadBalancerStatus;
import dev.weir.route.v1.IngressPortStatus;
import dev.weir.route.v1.IngressStatus;
import dev.weir.routing.compile.IngressService;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfIngress;
import dev.weir.routing.compile.Words;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The status of an Ingress. It has conditions, which Kubernetes does not know there, and by them we
 * recognise a status of ours when it is to be taken back.
 */
final class IngressStatuses {
    static final String CONFLICT = "Conflict";
    static final String BACKEND_NOT_FOUND = "BackendNotFound";
    static final String CERTIFICATE_NOT_USABLE = "CertificateNotUsable";

    private static final Set<String> OURS =
            Set.of(Saying.PROGRAMMED, CONFLICT, BACKEND_NOT_FOUND, CERTIFICATE_NOT_USABLE);

    private IngressStatuses() {}

    /**
     * @param verdict empty when it is not served here
     */
    static IngressStatus of(Stored stored, Optional<OfIngress> verdict, Programming programming) {
        Ingress object = (Ingress) stored.value();
        IngressStatus before = object.getStatus();
        Saying saying =
                new Saying(
                        before.getConditionsList(),
                        object.getMetadata().getGeneration(),
                        programming.now());
        boolean written =
                before.getConditionsList().stream().anyMatch(c -> OURS.contains(c.getType()));
        if (verdict.isEmpty()) {
            return written
                    ? before.toBuilder()
                            .clearLoadBalancer()
                            .clearConditions()
                            .addAllConditions(saying.conditions(OURS))
                            .build()
                    : before;
        }
        OfIngress found = verdict.get();
        Finding programmed = programming.reachable(stored.revision(), saying);
        boolean shown =
                programmed.holds() || (written && before.getLoadBalancer().getIngressCount() > 0);
        saying.say(Saying.PROGRAMMED, programmed);
        trouble(saying, CONFLICT, "Taken", found.conflicts());
        trouble(saying, BACKEND_NOT_FOUND, BACKEND_NOT_FOUND, found.backends());
        trouble(saying, CERTIFICATE_NOT_USABLE, "InvalidCertificateRef", found.certificates());
        IngressStatus.Builder status =
                before.toBuilder()
                        .clearLoadBalancer()
                        .clearConditions()
                        .addAllConditions(saying.conditions(OURS));
        if (shown && !programming.addresses().isEmpty()) {
            status.setLoadBalancer(balancer(programming.addresses(), found.tls()));
        }
        return status.build();
    }

    private static void trouble(Saying saying, String type, String reason, List<String> what) {
        if (!what.isEmpty()) {
            saying.say(type, new Finding(true, reason, Words.joined(what)));
        }
    }

    private static IngressLoadBalancerStatus balancer(
            List<LoadBalancerIngress> addresses, boolean tls) {
        IngressLoadBalancerStatus.Builder balancer = IngressLoadBalancerStatus.newBuilder();
        for (LoadBalancerIngress address : addresses) {
            IngressLoadBalancerIngress.Builder shown =
                    balancer.addIngressBuilder()
                            .setIp(address.getIp())
                            .setHostname(address.getHostname())
                            .addPorts(port(IngressService.HTTP_PORT));
            if (tls) {
                shown.addPorts(port(IngressService.HTTPS_PORT));
            }
        }
        return balancer.build();
    }

    private static IngressPortStatus port(int number) {
        return IngressPortStatus.newBuilder().setPort(number).setProtocol("TCP").build();
    }
}
