package dev.weir.bench;

import dev.weir.model.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How kube-proxy in its nftables mode lays out the same Services, as text for {@code nft -f}: a map
 * leads to a chain of the Service. Without what it has beside that, such as policies for external
 * traffic, so the comparison favours it.
 */
enum ChainLayout {
    /** That chain leads to a chain for each endpoint, as up to Kubernetes 1.35. */
    CHAIN_PER_ENDPOINT("chain per endpoint"),
    /** That chain has an anonymous map of its endpoints. */
    CHAIN_PER_SERVICE("chain per Service");

    private static final String TABLE = "weir-bench";

    private static final String MARK = "0x4000";

    private final String title;

    ChainLayout(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Everything, for a kernel that has nothing. */
    void write(ServiceSet set, Appendable text) throws IOException {
        text.append("table ").append(table(set)).append(" {\n");
        text.append("chain mark-for-masquerade { meta mark set meta mark or " + MARK + "\n }\n");
        for (int service = 0; service < set.size().services(); service++) {
            List<IpAddress> endpoints = set.endpoints(service);
            if (this == CHAIN_PER_ENDPOINT) {
                for (IpAddress endpoint : endpoints) {
                    text.append("chain " + chain(service, endpoint) + " {\n")
                            .append(endpointRules(set, endpoint))
                            .append("\n}\n");
                }
            }
            text.append("chain service-" + service + " {\n")
                    .append(serviceRules(set, service, endpoints))
                    .append("\n}\n");
        }
        text.append(
                "map services { type %s . inet_proto . inet_service : verdict\n elements = {"
                        .formatted(set.family().addressType()));
        for (int service = 0; service < set.size().services(); service++) {
            text.append(
                    "%s . tcp . %d : goto service-%d,\n"
                            .formatted(set.address(service), ServiceSet.PORT, service));
        }
        text.append(
                "}\n}\nchain services { %s daddr . meta l4proto . th dport vmap @services\n }\n"
                        .formatted(set.family().nft()));
        text.append(
                """
                chain prerouting { type nat hook prerouting priority -100
                  jump services
                }
                chain output { type nat hook output priority -100
                  jump services
                }
                chain postrouting { type nat hook postrouting priority 100
                  meta mark and %s == 0 return
                  meta mark set meta mark xor %s
                  masquerade fully-random
                }
                }
                """
                        .formatted(MARK, MARK));
    }

    /** The changes from the first on, in one transaction. */
    void change(ServiceSet set, int first, int count, Appendable text) throws IOException {
        for (int n = first; n < first + count; n++) {
            int service = set.changed(n);
            List<IpAddress> endpoints = set.endpointsAfter(n);
            if (this == CHAIN_PER_ENDPOINT) {
                String chain = chain(service, endpoints.getLast());
                text.append("add chain " + table(set) + " " + chain + "\n");
                rules(set, chain, endpointRules(set, endpoints.getLast()), text);
            }
            text.append("flush chain " + table(set) + " service-" + service + "\n");
            rules(set, "service-" + service, serviceRules(set, service, endpoints), text);
            if (this == CHAIN_PER_ENDPOINT) {
                String gone = chain(service, set.replaced(n));
                text.append("flush chain " + table(set) + " " + gone + "\n");
                text.append("delete chain " + table(set) + " " + gone + "\n");
            }
        }
    }

    private static void rules(ServiceSet set, String chain, String rules, Appendable text)
            throws IOException {
        for (String rule : rules.split("\n", -1)) {
            text.append("add rule " + table(set) + " " + chain + " " + rule + "\n");
        }
    }

    private static String table(ServiceSet set) {
        return set.family().nft() + " " + TABLE;
    }

    private static String chain(int service, IpAddress endpoint) {
        return "endpoint-" + service + "-" + endpoint.toString().replace(':', '.');
    }

    private static String endpointRules(ServiceSet set, IpAddress endpoint) {
        String to = endpoint.v6() ? "[" + endpoint + "]" : endpoint.toString();
        return "%s saddr %s jump mark-for-masquerade\nmeta l4proto tcp dnat to %s:%d"
                .formatted(set.family().nft(), endpoint, to, ServiceSet.TARGET);
    }

    private String serviceRules(ServiceSet set, int service, List<IpAddress> endpoints) {
        String outside =
                "%1$s daddr %2$s tcp dport %3$d %1$s saddr != %4$s jump mark-for-masquerade"
                        .formatted(
                                set.family().nft(),
                                set.address(service),
                                ServiceSet.PORT,
                                set.family().pods());
        String choice = "numgen random mod " + endpoints.size();
        return outside
                + "\n"
                + switch (this) {
                    case CHAIN_PER_ENDPOINT ->
                            choice
                                    + " vmap { "
                                    + numbered(endpoints, at -> "goto " + chain(service, at))
                                    + " }";
                    case CHAIN_PER_SERVICE ->
                            "meta l4proto tcp dnat "
                                    + set.family().nft()
                                    + " to "
                                    + choice
                                    + " map { "
                                    + numbered(endpoints, at -> at + " . " + ServiceSet.TARGET)
                                    + " }";
                };
    }

    private static String numbered(List<IpAddress> endpoints, Function<IpAddress, String> value) {
        return IntStream.range(0, endpoints.size())
                .mapToObj(i -> i + " : " + value.apply(endpoints.get(i)))
                .collect(Collectors.joining(", "));
    }
}
