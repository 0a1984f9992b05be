package dev.weir.agent.derive;

import com.google.protobuf.Timestamp;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.IpBlockSpec;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyEgressRule;
import dev.weir.policy.v1.NetworkPolicyIngressRule;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicyPort;
import dev.weir.policy.v1.NetworkPolicySpec;
import dev.weir.policy.v1.PolicyIpBlock;

/** Objects of a small cluster. */
final class Objects {
    private Objects() {}

    private static ObjectMeta meta(String namespace, String name) {
        return ObjectMeta.newBuilder().setNamespace(namespace).setName(name).build();
    }

    static LabelSelector labels(String key, String value) {
        return LabelSelector.newBuilder().putMatchLabels(key, value).build();
    }

    static Namespace namespace(String name) {
        return Namespace.newBuilder().setMetadata(meta("", name)).build();
    }

    static Node node(String name, int number) {
        return Node.newBuilder()
                .setMetadata(meta("", name))
                .setStatus(
                        NodeStatus.newBuilder()
                                .addAddresses(
                                        NodeAddress.newBuilder()
                                                .setType("InternalIP")
                                                .setAddress("192.0.2." + number)))
                .build();
    }

    static IpBlock block(String name, int number, String node, long epoch) {
        return IpBlock.newBuilder()
                .setMetadata(meta("", name))
                .setSpec(
                        IpBlockSpec.newBuilder()
                                .setNodeName(node)
                                .setEpoch(epoch)
                                .addCidrs("10.244." + number + ".0/24"))
                .build();
    }

    /** Ready, with the label app=(the name up to a dash). */
    static Pod pod(String namespace, String name, int number, String node) {
        return Pod.newBuilder()
                .setMetadata(
                        meta(namespace, name).toBuilder()
                                .putLabels("app", name.substring(0, name.indexOf('-'))))
                .setSpec(PodSpec.newBuilder().setNodeName(node))
                .setStatus(
                        PodStatus.newBuilder()
                                .setPhase("Running")
                                .addConditions(
                                        Condition.newBuilder().setType("Ready").setStatus("True"))
                                .addPodIps(PodIp.newBuilder().setIp("10.244.0." + number))
                                .addPodIps(
                                        PodIp.newBuilder()
                                                .setIp("fd00::" + Integer.toHexString(number))))
                .build();
    }

    static Pod containerPort(Pod pod, String name, int number) {
        Pod.Builder builder = pod.toBuilder();
        builder.getSpecBuilder()
                .addContainers(
                        Container.newBuilder()
                                .addPorts(
                                        ContainerPort.newBuilder()
                                                .setName(name)
                                                .setContainerPort(number)));
        return builder.build();
    }

    /** Selects app=(name), 10.96.0.(number):80 to 8080. */
    static Service service(String namespace, String name, int number) {
        return Service.newBuilder()
                .setMetadata(meta(namespace, name))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("ClusterIP")
                                .setClusterIp("10.96.0." + number)
                                .addClusterIps("10.96.0." + number)
                                .addIpFamilies("IPv4")
                                .putSelector("app", name)
                                .addPorts(
                                        ServicePort.newBuilder()
                                                .setProtocol("TCP")
                                                .setPort(80)
                                                .setTargetPort(
                                                        IntOrString.newBuilder().setIntVal(8080))))
                .build();
    }

    static Service localInternally(Service service) {
        Service.Builder builder = service.toBuilder();
        builder.getSpecBuilder().setInternalTrafficPolicy("Local");
        return builder.build();
    }

    static Service keeping(Service service, int seconds) {
        Service.Builder builder = service.toBuilder();
        builder.getSpecBuilder()
                .setSessionAffinity("ClientIP")
                .getSessionAffinityConfigBuilder()
                .getClientIpBuilder()
                .setTimeoutSeconds(seconds);
        return builder.build();
    }

    static Service nodePort(Service service, int number, String policy) {
        Service.Builder builder = service.toBuilder();
        builder.getSpecBuilder()
                .setType("NodePort")
                .setExternalTrafficPolicy(policy)
                .getPortsBuilder(0)
                .setNodePort(number);
        return builder.build();
    }

    /** With an address; checked at the port where the policy is Local. */
    static Service loadBalancer(Service service, String address, String policy, int checkedAt) {
        Service.Builder builder = service.toBuilder();
        builder.getSpecBuilder()
                .setType("LoadBalancer")
                .setExternalTrafficPolicy(policy)
                .setHealthCheckNodePort(checkedAt);
        builder.getStatusBuilder()
                .getLoadBalancerBuilder()
                .addIngress(LoadBalancerIngress.newBuilder().setIp(address));
        return builder.build();
    }

    static Service externalIp(Service service, String address) {
        Service.Builder builder = service.toBuilder();
        builder.getSpecBuilder().addExternalIps(address);
        return builder.build();
    }

    /** At port 80 and another one. */
    static Service port(Service service, int number) {
        Service.Builder builder = service.toBuilder();
        builder.getSpecBuilder()
                .addPorts(
                        ServicePort.newBuilder()
                                .setName("more")
                                .setProtocol("TCP")
                                .setPort(number)
                                .setTargetPort(IntOrString.newBuilder().setIntVal(9090)));
        return builder.build();
    }

    static Service created(Service service, int second) {
        Service.Builder builder = service.toBuilder();
        builder.getMetadataBuilder()
                .setCreationTimestamp(Timestamp.newBuilder().setSeconds(second));
        return builder.build();
    }

    static Service near(Service service, String distribution) {
        Service.Builder builder = service.toBuilder();
        builder.getSpecBuilder().setTrafficDistribution(distribution);
        return builder.build();
    }

    /** Without a label if the zone is empty. */
    static Node zoned(Node node, String zone) {
        Node.Builder builder = node.toBuilder();
        if (!zone.isEmpty()) {
            builder.getMetadataBuilder().putLabels("topology.kubernetes.io/zone", zone);
        }
        return builder.build();
    }

    static Node excluded(Node node) {
        Node.Builder builder = node.toBuilder();
        builder.getMetadataBuilder()
                .putLabels("node.kubernetes.io/exclude-from-external-load-balancers", "");
        return builder.build();
    }

    /** Nobody may connect to any pod of the namespace. */
    static NetworkPolicy closed(String namespace, String name) {
        return NetworkPolicy.newBuilder()
                .setMetadata(meta(namespace, name))
                .setSpec(NetworkPolicySpec.newBuilder().addPolicyTypes("Ingress"))
                .build();
    }

    /** Lets in who is in the range. */
    static NetworkPolicy ingress(String namespace, String name, String range) {
        return NetworkPolicy.newBuilder()
                .setMetadata(meta(namespace, name))
                .setSpec(
                        NetworkPolicySpec.newBuilder()
                                .addPolicyTypes("Ingress")
                                .addIngress(
                                        NetworkPolicyIngressRule.newBuilder()
                                                .addFrom(
                                                        NetworkPolicyPeer.newBuilder()
                                                                .setIpBlock(
                                                                        PolicyIpBlock.newBuilder()
                                                                                .setCidr(range)))))
                .build();
    }

    static NetworkPolicy egress(String namespace, String name, LabelSelector to, int port) {
        return egress(namespace, name, to, IntOrString.newBuilder().setIntVal(port).build());
    }

    static NetworkPolicy egress(String namespace, String name, LabelSelector to, String port) {
        return egress(namespace, name, to, IntOrString.newBuilder().setStrVal(port).build());
    }

    private static NetworkPolicy egress(
            String namespace, String name, LabelSelector to, IntOrString port) {
        return NetworkPolicy.newBuilder()
                .setMetadata(meta(namespace, name))
                .setSpec(
                        NetworkPolicySpec.newBuilder()
                                .addPolicyTypes("Egress")
                                .addEgress(
                                        NetworkPolicyEgressRule.newBuilder()
                                                .addTo(
                                                        NetworkPolicyPeer.newBuilder()
                                                                .setNamespaceSelector(
                                                                        LabelSelector
                                                                                .getDefaultInstance())
                                                                .setPodSelector(to))
                                                .addPorts(
                                                        NetworkPolicyPort.newBuilder()
                                                                .setProtocol("TCP")
                                                                .setPort(port))))
                .build();
    }
}
