package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The Service in front of the proxies. */
public final class IngressService {
    public static final Key KEY = Kinds.SERVICE.key("weir-system", "ingress");

    /** Where Ingresses are served, as plain HTTP. */
    public static final int HTTP_PORT = 80;

    /** Where Ingresses with certificates are served. */
    public static final int HTTPS_PORT = 443;

    private IngressService() {}

    /** The ports that clients reach; while there is no Service, those that it is to have. */
    public static Set<Integer> ports(Image endpoint) {
        return find(endpoint)
                .map(
                        service ->
                                service.getSpec().getPortsList().stream()
                                        .map(ServicePort::getPort)
                                        .collect(Collectors.toUnmodifiableSet()))
                .orElse(Set.of(HTTP_PORT, HTTPS_PORT));
    }

    /** What clients address; empty while nothing has been allocated. */
    public static List<LoadBalancerIngress> addresses(Image endpoint) {
        return find(endpoint)
                .map(service -> service.getStatus().getLoadBalancer().getIngressList())
                .orElse(List.of());
    }

    private static Optional<Service> find(Image endpoint) {
        return endpoint.find(Service.class, KEY);
    }
}
