package dev.weir.lab;

import dev.weir.client.WeirClient;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Services of the flow table: one for each policy and state of the endpoints A and B, with all
 * kinds of addresses, both families and both protocols.
 */
final class FlowServices {
    static final int PORT = 8080;

    private static final List<String> POLICIES = List.of("Cluster", "Local");
    private static final List<String> STATES =
            List.of("both", "here", "there", "terminating", "mixed", "unready");

    private static final String READY = "{ready: true, serving: true, terminating: false}";
    private static final String TERMINATING = "{ready: false, serving: true, terminating: true}";
    private static final String UNREADY = "{ready: false, serving: false, terminating: false}";

    static final String POOL =
            """
            apiVersion: weir.dev/v1
            kind: AddressPool
            metadata: {name: link}
            spec:
              addresses: [172.30.0.200-172.30.0.250, "fd00:172:30::c8-fd00:172:30::fa"]
            """;

    private FlowServices() {}

    /** Of the endpoints by family, IPv4 first. */
    static String manifests(List<String> a, List<String> b) {
        List<String> documents = new ArrayList<>(List.of(POOL));
        int number = 10;
        for (String policy : POLICIES) {
            for (String state : STATES) {
                String name = new Flow("", policy, state, "", new java.util.TreeSet<>()).service();
                documents.add(service(name, policy, number++));
                for (int family = 0; family < 2; family++) {
                    documents.add(slice(name, family, state, a.get(family), b.get(family)));
                }
            }
        }
        return String.join("---\n", documents);
    }

    private static String service(String name, String policy, int number) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec:
          type: LoadBalancer
          ipFamilyPolicy: RequireDualStack
          internalTrafficPolicy: %2$s
          externalTrafficPolicy: %2$s
          externalIPs: [198.51.100.%3$d, "2001:db8:1::%3$d"]
          ports:
          - {name: tcp, protocol: TCP, port: 80, targetPort: %4$d}
          - {name: udp, protocol: UDP, port: 80, targetPort: %4$d}
        """
                .formatted(name, policy, number, PORT);
    }

    private static String slice(String service, int family, String state, String a, String b) {
        StringBuilder slice =
                new StringBuilder(
                        """
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata:
                          name: %1$s-%2$s
                          labels: {kubernetes.io/service-name: %1$s}
                        addressType: %2$s
                        ports:
                        - {name: tcp, protocol: TCP, port: %3$d}
                        - {name: udp, protocol: UDP, port: %3$d}
                        endpoints:
                        """
                                .formatted(service, family == 0 ? "IPv4" : "IPv6", PORT)
                                .replace("-IPv", "-v"));
        conditions(state, "A").forEach(c -> slice.append(endpoint(a, "node-1", c)));
        conditions(state, "B").forEach(c -> slice.append(endpoint(b, "node-2", c)));
        return slice.toString();
    }

    private static List<String> conditions(String state, String endpoint) {
        return switch (state) {
            case "both" -> List.of(READY);
            case "here" -> endpoint.equals("A") ? List.of(READY) : List.of();
            case "there" -> endpoint.equals("B") ? List.of(READY) : List.of();
            case "terminating" -> List.of(TERMINATING);
            case "mixed" -> List.of(endpoint.equals("A") ? TERMINATING : READY);
            case "unready" -> List.of(UNREADY);
            default -> throw new IllegalArgumentException(state);
        };
    }

    private static String endpoint(String address, String node, String conditions) {
        return """
        - addresses: ["%s"]
          nodeName: %s
          conditions: %s
        """
                .formatted(address, node, conditions);
    }

    /** Where a flow goes: address and port. */
    static Map.Entry<String, Integer> destination(
            WeirClient client, Flow flow, int family, String protocol) {
        Service service = (Service) client.get(Kinds.SERVICE, "default", flow.service());
        return switch (flow.address()) {
            case "cluster-ip" -> Map.entry(service.getSpec().getClusterIps(family), 80);
            case "external-ip" -> Map.entry(service.getSpec().getExternalIps(family), 80);
            case "load-balancer" ->
                    Map.entry(service.getStatus().getLoadBalancer().getIngress(family).getIp(), 80);
            case "node-port" ->
                    Map.entry(
                            family == 0 ? new LabNode(1).ipv4() : new LabNode(1).ipv6(),
                            service.getSpec().getPortsList().stream()
                                    .filter(port -> port.getProtocol().equals(protocol))
                                    .findFirst()
                                    .orElseThrow()
                                    .getNodePort());
            default -> throw new IllegalArgumentException(flow.address());
        };
    }
}
