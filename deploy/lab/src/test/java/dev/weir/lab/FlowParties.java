package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.client.WeirClient;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who takes part in the flows: the endpoints A and B, pods, nodes, the host outside.
 *
 * @param addresses all of each; of a node its own, and none that only one of its links has
 */
record FlowParties(Map<String, List<String>> addresses, Map<String, NetworkNamespace> namespaces) {
    /** For a Service to be given its addresses. */
    private static final Duration ADDRESSED = Duration.ofSeconds(10);

    /** Starts the pods, makes the Services, and routes what is outside through node-1. */
    static FlowParties in(RunningLab lab, Path data) throws Exception {
        LabPlace place = new LabPlace(data);
        Map<String, List<String>> addresses = new TreeMap<>();
        Map<String, NetworkNamespace> namespaces = new TreeMap<>();
        Map<String, String> pods =
                Map.of("a", "node-1", "b", "node-2", "pod", "node-1", "pod-2", "node-2");
        for (var pod : new TreeMap<>(pods).entrySet()) {
            lab.run(pod.getKey(), pod.getValue(), Map.of(), 0, List.of("sleep", "1000"));
            String source =
                    pod.getKey().length() == 1
                            ? pod.getKey().toUpperCase(Locale.ROOT)
                            : pod.getKey();
            addresses.put(source, canonical(lab.addresses(pod.getKey())));
            namespaces.put(source, named(place.podNetns("default", pod.getKey())));
        }
        for (int number = 1; number <= 2; number++) {
            LabNode node = new LabNode(number);
            addresses.put(node.name(), canonical(List.of(node.ipv4(), node.ipv6())));
            namespaces.put(node.name(), named(place.netns(node)));
        }
        addresses.put(
                "outside", canonical(List.of(LabNetwork.EXTERNAL_IPV4, LabNetwork.EXTERNAL_IPV6)));
        namespaces.put("outside", named(place.external()));

        FlowParties parties = new FlowParties(addresses, namespaces);
        for (String endpoint : List.of("A", "B")) {
            FlowPackets.serve(parties.namespace(endpoint), endpoint, FlowServices.PORT);
        }

        Path manifests = data.resolve("flows.yaml");
        Files.writeString(manifests, FlowServices.manifests(parties.at("A"), parties.at("B")));
        assertThat(lab.weir("apply", "-f", manifests.toString(), "--wait"))
                .as("apply")
                .matches(answer -> answer.code() == 0, "succeeds");
        LabNode first = new LabNode(1);
        List<String> routes =
                new ArrayList<>(
                        List.of(
                                "route replace 10.96.0.0/12 via " + first.ipv4(),
                                "route replace fd00:10:96::/112 via " + first.ipv6(),
                                "route replace 198.51.100.0/24 via " + first.ipv4(),
                                "route replace 2001:db8:1::/64 via " + first.ipv6()));
        loadBalancers(lab)
                .forEach(
                        ip ->
                                routes.add(
                                        "route replace %s via %s"
                                                .formatted(
                                                        ip,
                                                        ip.contains(":")
                                                                ? first.ipv6()
                                                                : first.ipv4())));
        place.external().ip(routes);
        return parties;
    }

    /** The addresses that the Services were given, once each has both and every node knows. */
    private static List<String> loadBalancers(RunningLab lab) throws InterruptedException {
        long deadline = System.nanoTime() + ADDRESSED.toNanos();
        try (WeirClient client = lab.client()) {
            while (true) {
                List<Service> services =
                        client.list(Kinds.SERVICE, "default", "").items().stream()
                                .map(Service.class::cast)
                                .filter(
                                        service ->
                                                service.getSpec().getType().equals("LoadBalancer"))
                                .toList();
                List<String> ips =
                        services.stream()
                                .flatMap(
                                        s ->
                                                s
                                                        .getStatus()
                                                        .getLoadBalancer()
                                                        .getIngressList()
                                                        .stream())
                                .map(ingress -> ingress.getIp())
                                .toList();
                if (ips.size() == 2 * services.size()) {
                    assertThat(lab.weir("wait", "--for=programmed", "--timeout=10s").code())
                            .isZero();
                    return ips;
                }
                assertThat(System.nanoTime()).as("%s have %s", services, ips).isLessThan(deadline);
                Thread.sleep(20);
            }
        }
    }

    /** A and B by their addresses. */
    Map<String, String> endpoints() {
        Map<String, String> endpoints = new TreeMap<>();
        for (String name : List.of("A", "B")) {
            at(name).forEach(
                            address ->
                                    endpoints.put(
                                            dev.weir.model.IpAddress.of(address).toString(), name));
        }
        return endpoints;
    }

    /** As the table writes it. */
    String seen(Flow flow, String answer) {
        String[] words = answer.split(" ");
        if (words.length != 2) {
            return answer;
        }
        String client = canonical(words[1]);
        boolean own = at(flow.source()).contains(client);
        boolean node = at("node-1").contains(client) || at("node-2").contains(client);
        return words[0] + (own ? "=" : node ? "~" : " sees " + client);
    }

    private static List<String> canonical(List<String> addresses) {
        return addresses.stream().map(FlowParties::canonical).toList();
    }

    private static String canonical(String address) {
        return new InetSocketAddress(address, 0).getAddress().getHostAddress();
    }

    private List<String> at(String party) {
        return addresses.getOrDefault(party, List.of());
    }

    NetworkNamespace namespace(String party) {
        NetworkNamespace space = namespaces.get(party);
        if (space == null) {
            throw new IllegalArgumentException(party);
        }
        return space;
    }

    private static NetworkNamespace named(Netns netns) {
        return NetworkNamespace.named(netns.name());
    }
}
