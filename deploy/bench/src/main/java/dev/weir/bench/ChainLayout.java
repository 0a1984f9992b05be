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

    private static final String TABLE = "ip weir-bench";

    private static final String MARK = "0x4000";

    private final String title;

    ChainLayout(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Everything, for a kernel that has nothing. */
    void write(Size size, Appendable text) throws IOException {
        text.append("table ").append(TABLE).append(" {\n");
        text.append("chain mark-for-masquerade { meta mark set meta mark or " + MARK + "\n }\n");
        for (int service = 0; service < size.services(); service++) {
            List<IpAddress> endpoints = ServiceSet.endpoints(size, service);
            if (this == CHAIN_PER_ENDPOINT) {
                for (IpAddress endpoint : endpoints) {
                    text.append("chain " + chain(service, endpoint) + " {\n")
                            .append(endpointRules(endpoint))
                            .append("\n}\n");
                }
            }
            text.append("chain service-" + service + " {\n")
                    .append(serviceRules(service, endpoints))
                    .append("\n}\n");
        }
        text.append(
                "map services { type ipv4_addr . inet_proto . inet_service : verdict\n"
                        + " elements = {");
        for (int service = 0; service < size.services(); service++) {
            text.append(
                    "%s . tcp . %d : goto service-%d,\n"
                            .formatted(ServiceSet.address(service), ServiceSet.PORT, service));
        }
        text.append(
                "}\n}\nchain services { ip daddr . meta l4proto . th dport vmap @services\n }\n");
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
    void change(Size size, int first, int count, Appendable text) throws IOException {
        for (int n = first; n < first + count; n++) {
            int service = ServiceSet.changed(size, n);
            List<IpAddress> endpoints = ServiceSet.endpointsAfter(size, n);
            if (this == CHAIN_PER_ENDPOINT) {
                String chain = chain(service, endpoints.getLast());
                text.append("add chain " + TABLE + " " + chain + "\n");
                rules(chain, endpointRules(endpoints.getLast()), text);
            }
            text.append("flush chain " + TABLE + " service-" + service + "\n");
            rules("service-" + service, serviceRules(service, endpoints), text);
            if (this == CHAIN_PER_ENDPOINT) {
                String gone = chain(service, ServiceSet.replaced(size, n));
                text.append("flush chain " + TABLE + " " + gone + "\n");
                text.append("delete chain " + TABLE + " " + gone + "\n");
            }
        }
    }

    private static void rules(String chain, String rules, Appendable text) throws IOException {
        for (String rule : rules.split("\n", -1)) {
            text.append("add rule " + TABLE + " " + chain + " " + rule + "\n");
        }
    }

    private static String chain(int service, IpAddress endpoint) {
        return "endpoint-" + service + "-" + endpoint;
    }

    private static String endpointRules(IpAddress endpoint) {
        return "ip saddr "
                + endpoint
                + " jump mark-for-masquerade"
                + "\n"
                + "meta l4proto tcp dnat to "
                + endpoint
                + ":"
                + ServiceSet.TARGET;
    }

    private String serviceRules(int service, List<IpAddress> endpoints) {
        String outside =
                "ip daddr %s tcp dport %d ip saddr != %s jump mark-for-masquerade"
                        .formatted(ServiceSet.address(service), ServiceSet.PORT, ServiceSet.PODS);
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
                            "meta l4proto tcp dnat ip to "
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
