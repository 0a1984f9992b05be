package dev.weir.agent.cni;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a call says of the pod itself: Kubernetes' CNI_ARGS where the runtime sends them, else the
 * container's id.
 *
 * @param uid empty if the runtime has none
 * @param requested addresses that the pod must get
 * @param mac that the pod must get; empty for any
 */
record PodIdentity(
        Key pod, String uid, Map<String, String> labels, Set<IpAddress> requested, String mac) {
    private static final String DEFAULT_NAMESPACE = "default";
    private static final int MAX_NAME = 63;
    private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");

    static PodIdentity of(CniRequest request, NetworkConfig config) throws CniException {
        Map<String, String> arguments = request.arguments();
        String namespace = arguments.getOrDefault("K8S_POD_NAMESPACE", DEFAULT_NAMESPACE);
        String name = arguments.getOrDefault("K8S_POD_NAME", request.containerId());
        Map<String, String> labels = new LinkedHashMap<>();
        config.args().cni().labels().forEach(label -> labels.put(label.key(), label.value()));
        String mac =
                arguments
                        .getOrDefault("MAC", config.runtimeConfig().mac())
                        .toLowerCase(Locale.ROOT);
        if (!mac.isEmpty() && !MAC.matcher(mac).matches()) {
            throw new CniException(CniException.INVALID_ENVIRONMENT, "not a MAC address: " + mac);
        }
        return new PodIdentity(
                Kinds.POD.key(objectName(namespace), objectName(name)),
                arguments.getOrDefault("K8S_POD_UID", ""),
                labels,
                requested(arguments.getOrDefault("IP", ""), config),
                mac);
    }

    /** As near to the text as a DNS label allows (RFC 1123), which names of objects must be. */
    private static String objectName(String text) {
        String label = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        String cut =
                label.substring(0, Math.min(label.length(), MAX_NAME)).replaceAll("^-+|-+$", "");
        return cut.isEmpty() ? DEFAULT_NAMESPACE : cut;
    }

    /**
     * From CNI_ARGS, capability or arguments (CNI conventions); a prefix length after an address is
     * ignored.
     */
    private static Set<IpAddress> requested(String argument, NetworkConfig config)
            throws CniException {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        List<String> texts =
                Stream.of(
                                Stream.of(argument.split(",")),
                                config.runtimeConfig().ips().stream(),
                                config.args().cni().ips().stream())
                        .flatMap(texts1 -> texts1)
                        .filter(text -> !text.isBlank())
                        .toList();
        for (String text : texts) {
            String literal = text.strip().replaceFirst("/.*", "");
            addresses.add(
                    IpAddress.parse(literal)
                            .orElseThrow(
                                    () ->
                                            new CniException(
                                                    CniException.INVALID_CONFIG,
                                                    "requested address: not an IP address: "
                                                            + text)));
        }
        return addresses;
    }
}
