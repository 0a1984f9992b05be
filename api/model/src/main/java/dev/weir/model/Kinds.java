package dev.weir.model;

import com.google.protobuf.Message;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.Secret;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidr;
import dev.weir.policy.v1.GroupMember;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressClass;
import dev.weir.route.v1.ReferenceGrant;
import java.util.List;
import java.util.Optional;

/** Every kind there is, and how to find one. */
public final class Kinds {
    public static final Kind NAMESPACE =
            kind(
                    "Namespace",
                    "v1",
                    "namespaces",
                    List.of("ns"),
                    false,
                    Shards.CONTROL,
                    Namespace.getDefaultInstance());
    public static final Kind NODE =
            kind(
                    "Node",
                    "v1",
                    "nodes",
                    List.of("no"),
                    false,
                    Shards.CONTROL,
                    Node.getDefaultInstance());
    public static final Kind POD =
            kind(
                    "Pod",
                    "v1",
                    "pods",
                    List.of("po"),
                    true,
                    Shards.CONTROL,
                    Pod.getDefaultInstance());
    public static final Kind IP_BLOCK =
            kind(
                    "IPBlock",
                    "weir.dev/v1",
                    "ipblocks",
                    List.of(),
                    false,
                    Shards.CONTROL,
                    IpBlock.getDefaultInstance());
    public static final Kind SERVICE =
            kind(
                    "Service",
                    "v1",
                    "services",
                    List.of("svc"),
                    true,
                    Shards.ENDPOINT,
                    Service.getDefaultInstance());
    public static final Kind ENDPOINT_SLICE =
            kind(
                    "EndpointSlice",
                    "discovery.k8s.io/v1",
                    "endpointslices",
                    List.of("eps"),
                    true,
                    Shards.ENDPOINT,
                    EndpointSlice.getDefaultInstance());
    public static final Kind ADDRESS_POOL =
            kind(
                    "AddressPool",
                    "weir.dev/v1",
                    "addresspools",
                    List.of("pool"),
                    false,
                    Shards.ENDPOINT,
                    AddressPool.getDefaultInstance());
    public static final Kind SERVICE_CIDR =
            kind(
                    "ServiceCIDR",
                    "networking.k8s.io/v1",
                    "servicecidrs",
                    List.of(),
                    false,
                    Shards.ENDPOINT,
                    ServiceCidr.getDefaultInstance());
    public static final Kind NETWORK_POLICY =
            kind(
                    "NetworkPolicy",
                    "networking.k8s.io/v1",
                    "networkpolicies",
                    List.of("netpol"),
                    true,
                    Shards.POLICY,
                    NetworkPolicy.getDefaultInstance());
    public static final Kind SECRET =
            kind(
                    "Secret",
                    "v1",
                    "secrets",
                    List.of(),
                    true,
                    Shards.SECRET,
                    Secret.getDefaultInstance());
    public static final Kind INGRESS_CLASS =
            kind(
                    "IngressClass",
                    "networking.k8s.io/v1",
                    "ingressclasses",
                    List.of(),
                    false,
                    Shards.CONTROL,
                    IngressClass.getDefaultInstance());
    public static final Kind INGRESS =
            kind(
                    "Ingress",
                    "networking.k8s.io/v1",
                    "ingresses",
                    List.of("ing"),
                    true,
                    Shards.CONTROL,
                    Ingress.getDefaultInstance());
    public static final Kind GATEWAY_CLASS =
            kind(
                    "GatewayClass",
                    "gateway.networking.k8s.io/v1",
                    "gatewayclasses",
                    List.of("gc"),
                    false,
                    Shards.CONTROL,
                    GatewayClass.getDefaultInstance());
    public static final Kind GATEWAY =
            kind(
                    "Gateway",
                    "gateway.networking.k8s.io/v1",
                    "gateways",
                    List.of("gtw"),
                    true,
                    Shards.CONTROL,
                    Gateway.getDefaultInstance());
    public static final Kind HTTP_ROUTE =
            kind(
                    "HTTPRoute",
                    "gateway.networking.k8s.io/v1",
                    "httproutes",
                    List.of(),
                    true,
                    Shards.CONTROL,
                    HttpRoute.getDefaultInstance());
    public static final Kind REFERENCE_GRANT =
            kind(
                    "ReferenceGrant",
                    "gateway.networking.k8s.io/v1beta1",
                    "referencegrants",
                    List.of("refgrant"),
                    true,
                    Shards.CONTROL,
                    ReferenceGrant.getDefaultInstance());
    public static final Kind GROUP_MEMBER =
            new Kind(
                    "GroupMember",
                    "weir.dev/v1",
                    "groupmembers",
                    List.of(),
                    false,
                    Shards.POLICY,
                    true,
                    GroupMember.getDefaultInstance());

    public static final List<Kind> ALL =
            List.of(
                    NAMESPACE,
                    NODE,
                    POD,
                    IP_BLOCK,
                    SERVICE,
                    ENDPOINT_SLICE,
                    ADDRESS_POOL,
                    SERVICE_CIDR,
                    NETWORK_POLICY,
                    SECRET,
                    INGRESS_CLASS,
                    INGRESS,
                    GATEWAY_CLASS,
                    GATEWAY,
                    HTTP_ROUTE,
                    REFERENCE_GRANT,
                    GROUP_MEMBER);

    private Kinds() {}

    /** The kind of this name, as a manifest or a key spells it. */
    public static Optional<Kind> named(String name) {
        return ALL.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /** The kind of a message. Throws IllegalArgumentException for a message that is no object. */
    public static Kind of(Message object) {
        return ALL.stream()
                .filter(
                        kind ->
                                kind.prototype()
                                        .getDescriptorForType()
                                        .equals(object.getDescriptorForType()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no kind: " + object.getDescriptorForType().getFullName()));
    }

    /**
     * The kind that a command line means: plural, singular or short name, in any case. Internal
     * kinds have none.
     */
    public static Optional<Kind> resource(String word) {
        return ALL.stream()
                .filter(kind -> !kind.internal())
                .filter(kind -> kind.isCalled(word))
                .findFirst();
    }

    private static Kind kind(
            String name,
            String apiVersion,
            String plural,
            List<String> shortNames,
            boolean namespaced,
            String shard,
            Message prototype) {
        return new Kind(name, apiVersion, plural, shortNames, namespaced, shard, false, prototype);
    }
}
