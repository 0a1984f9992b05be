package dev.weir.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The address ranges of a cluster that is started. */
public final class ClusterOptions {
    @Option(
            names = "--pod-cidr",
            paramLabel = "CIDR[,CIDR]",
            defaultValue = "10.244.0.0/16,fd00:10:244::/56",
            description = "pod addresses; default: $${DEFAULT-VALUE}")
    String podCidrs = "10.244.0.0/16,fd00:10:244::/56";

    @Option(
            names = "--service-cidr",
            paramLabel = "CIDR[,CIDR]",
            defaultValue = "10.96.0.0/12,fd00:10:96::/112",
            description = "Service addresses; default: $${DEFAULT-VALUE}")
    String serviceCidrs = "10.96.0.0/12,fd00:10:96::/112";

    @Option(
            names = "--service-node-port-range",
            paramLabel = "FROM-TO",
            defaultValue = "30000-32767",
            description = "node ports; default: $${DEFAULT-VALUE}")
    String nodePorts = "30000-32767";

    @Option(
            names = "--external-ip-ranges",
            paramLabel = "CIDR,...",
            defaultValue = "",
            description = "what externalIPs are programmed; default: none")
    String externalIps = "";

    /** As the server's settings. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("weir.pod-cidrs", podCidrs);
        settings.put("weir.service-cidrs", serviceCidrs);
        settings.put("weir.service-node-port-range", nodePorts);
        if (!externalIps.isEmpty()) {
            settings.put("weir.external-ip-ranges", externalIps);
        }
        return settings;
    }
}
