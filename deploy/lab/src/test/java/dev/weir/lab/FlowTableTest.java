package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.cli.Session;
import dev.weir.client.WeirClient;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of what becomes of connections to Services holds for real packets: TCP and UDP, IPv4
 * and IPv6.
 */
class FlowTableTest {
    /** Long enough to take silence for a drop. */
    private static final Duration SILENCE = Duration.ofMillis(400);

    /** For an answer, on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Connections that meet nobody but whom the table names; and until all of these were met. */
    private static final int TRIES = 8;

    private static final int MOST_TRIES = 80;
    private static final int AT_ONCE = 16;

    @TempDir Path data;

    private final Map<String, List<String>> addresses = new TreeMap<>();
    private final Map<String, NetworkNamespace> namespaces = new TreeMap<>();

    @Test
    @Timeout(300)
    void everyConnectionGoesWhereTheTableSays() throws Exception {
        Session session =
                new Session(
                        Packaged.environment(data),
                        InputStream.nullInputStream(),
                        System.out,
                        System.err,
                        Clock.systemUTC());
        try (RunningLab lab = new RunningLab(session, data, Shape.STANDALONE)) {
            lab.up();
            List<Flow> flows = Flow.all();
            prepare(lab);

            TreeSet<String> differences = new TreeSet<>();
            try (WeirClient client = lab.client();
                    ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE)) {
                List<Future<TreeSet<String>>> tried = new ArrayList<>();
                for (Flow flow : flows) {
                    for (int family = 0; family < 2; family++) {
                        for (String protocol : List.of("TCP", "UDP")) {
                            var to = FlowServices.destination(client, flow, family, protocol);
                            int own = family;
                            tried.add(executor.submit(() -> differences(flow, own, protocol, to)));
                        }
                    }
                }
                for (Future<TreeSet<String>> one : tried) {
                    differences.addAll(one.get());
                }
                assertThat(tried).hasSizeGreaterThan(1_000);
            }

            assertThat(differences).isEmpty();
        }
    }

    private void prepare(RunningLab lab) throws Exception {
        LabPlace place = new LabPlace(data.resolve("weir"));
        Map<String, String> pods =
                Map.of("a", "node-1", "b", "node-2", "pod", "node-1", "pod-2", "node-2");
        for (var pod : new TreeMap<>(pods).entrySet()) {
            lab.run(pod.getKey(), pod.getValue(), Map.of(), 0, List.of("sleep", "1000"));
            String source = pod.getKey().equals("a") ? "A" : pod.getKey();
            addresses.put(source, lab.addresses(pod.getKey()));
            namespaces.put(source, named(place.podNetns("default", pod.getKey())));
        }
        FlowPackets.serve(space("A"), "A", FlowServices.PORT);
        FlowPackets.serve(space("b"), "B", FlowServices.PORT);
        for (int number = 1; number <= 2; number++) {
            LabNode node = new LabNode(number);
            addresses.put(node.name(), List.of(node.ipv4(), node.ipv6()));
            namespaces.put(node.name(), named(place.netns(node)));
        }
        addresses.put("outside", List.of(LabNetwork.EXTERNAL_IPV4, LabNetwork.EXTERNAL_IPV6));
        namespaces.put("outside", named(place.external()));

        Path manifests = data.resolve("flows.yaml");
        Files.writeString(manifests, FlowServices.manifests(at("A"), at("b")));
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
    }

    /** The addresses that the Services were given, once each has both and every node knows. */
    private static List<String> loadBalancers(RunningLab lab) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
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

    private TreeSet<String> differences(
            Flow flow, int family, String protocol, Map.Entry<String, Integer> to)
            throws IOException, InterruptedException {
        InetSocketAddress destination = new InetSocketAddress(to.getKey(), to.getValue());
        TreeSet<String> met = new TreeSet<>();
        for (int i = 0; i < MOST_TRIES; i++) {
            if (flow.isAnswered() ? i >= TRIES && met.equals(flow.expected()) : i > 0) {
                break;
            }
            boolean silence = flow.expected().contains(Flow.DROP);
            String answer =
                    FlowPackets.ask(
                            space(flow.source()),
                            protocol,
                            destination,
                            silence ? SILENCE : PATIENCE);
            met.add(seen(flow, family, answer));
            if (!flow.expected().containsAll(met)) {
                break;
            }
        }
        return met.equals(flow.expected())
                ? new TreeSet<>()
                : new TreeSet<>(List.of(flow + " " + protocol + " " + destination + " met " + met));
    }

    /** As the table writes it. */
    private String seen(Flow flow, int family, String answer) {
        String[] words = answer.split(" ");
        if (words.length != 2) {
            return answer;
        }
        String client = canonical(words[1]);
        boolean own = canonical(at(flow.source()).get(family)).equals(client);
        boolean node =
                List.of("node-1", "node-2").stream()
                        .anyMatch(name -> canonical(at(name).get(family)).equals(client));
        return words[0] + (own ? "=" : node ? "~" : " sees " + client);
    }

    private static String canonical(String address) {
        return new InetSocketAddress(address, 0).getAddress().getHostAddress();
    }

    private List<String> at(String party) {
        return addresses.getOrDefault(party, List.of());
    }

    private NetworkNamespace space(String party) {
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
