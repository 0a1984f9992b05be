package dev.weir.endpoint.balance;

import dev.weir.model.IpAddress;
import dev.weir.net.v1.ServiceOrBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a Service says about its load-balancer addresses.
 *
 * @param addresses as they are written; of a family the first that is an address counts
 * @param pool that the addresses must be of
 * @param sharing addresses may be shared by Services of the same key; empty: not at all
 */
public record Wish(List<String> addresses, Optional<String> pool, String sharing) {
    /** The addresses to have, with commas; before {@code spec.loadBalancerIP}. */
    public static final String ADDRESSES = "weir.dev/load-balancer-ips";

    /** The name of the AddressPool. */
    public static final String POOL = "weir.dev/address-pool";

    /** Services of one key may be at one address, at different ports. */
    public static final String SHARING = "weir.dev/sharing-key";

    /** The load-balancer class that is served here, besides none. */
    public static final String CLASS = "weir.dev/l2";

    public Wish {
        addresses = List.copyOf(addresses);
    }

    public static Wish of(ServiceOrBuilder service) {
        var annotations = service.getMetadata().getAnnotationsMap();
        Stream<String> listed = texts(annotations.getOrDefault(ADDRESSES, "")).stream();
        Stream<String> field = Stream.of(service.getSpec().getLoadBalancerIp().strip());
        return new Wish(
                Stream.concat(listed, field).filter(text -> !text.isEmpty()).toList(),
                Optional.ofNullable(annotations.get(POOL)).filter(name -> !name.isEmpty()),
                annotations.getOrDefault(SHARING, ""));
    }

    /** The parts of a list with commas; none for a blank one. */
    public static List<String> texts(String list) {
        return list.isBlank()
                ? List.of()
                : Stream.of(list.split(",", -1)).map(String::strip).toList();
    }

    /** Whether its addresses are given here, rather than by somebody else's load balancer. */
    public static boolean isOurs(ServiceOrBuilder service) {
        return isBalanced(service)
                && (!service.getSpec().hasLoadBalancerClass()
                        || service.getSpec().getLoadBalancerClass().equals(CLASS));
    }

    static boolean isBalanced(ServiceOrBuilder service) {
        return service.getSpec().getType().equals("LoadBalancer");
    }

    Optional<IpAddress> address(boolean v6) {
        return addresses.stream()
                .flatMap(text -> IpAddress.parse(text).stream())
                .filter(address -> address.v6() == v6)
                .findFirst();
    }
}
