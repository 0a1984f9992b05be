package dev.weir.lab;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.cli.CompactJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The directory of a pod: what the lab must know to end it, and the files that it sees.
 *
 * @param containerId what the CNI calls it
 */
record PodFiles(Path directory, String namespace, String name, String node, String containerId) {
    /** Where names are looked up when CNI says nothing. */
    private static final String DEFAULT_DNS = "10.96.0.10";

    private static final String DOMAIN = "cluster.local";

    static PodFiles create(Path directory, String namespace, String name, String node, String id)
            throws IOException {
        Files.createDirectories(directory);
        TreeMap<String, Object> tree =
                new TreeMap<>(
                        Map.of(
                                "namespace",
                                namespace,
                                "name",
                                name,
                                "node",
                                node,
                                "containerId",
                                id));
        Path next = directory.resolve("pod.json.next");
        Files.writeString(next, CompactJson.of(tree) + "\n");
        Files.move(next, directory.resolve("pod.json"));
        return new PodFiles(directory, namespace, name, node, id);
    }

    /** Empty when there is no pod, or only the beginning of its directory. */
    static Optional<PodFiles> read(Path directory) {
        Path file = directory.resolve("pod.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonObject tree = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            return Optional.of(
                    new PodFiles(
                            directory,
                            tree.get("namespace").getAsString(),
                            tree.get("name").getAsString(),
                            tree.get("node").getAsString(),
                            tree.get("containerId").getAsString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #writeFiles} returned them. */
    List<String> addresses() throws IOException {
        return Files.readAllLines(directory.resolve("hosts")).stream()
                .filter(line -> !line.contains("localhost"))
                .map(line -> line.replaceFirst("\\t.*", ""))
                .toList();
    }

    /** Writes resolv.conf and hosts as kubelet does. Returns the addresses. */
    List<String> writeFiles(JsonObject cniResult, String hostname, String subdomain)
            throws IOException {
        Files.writeString(directory.resolve("resolv.conf"), resolvConf(cniResult));
        List<String> addresses = new ArrayList<>();
        StringBuilder hosts =
                new StringBuilder(
                        "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        for (JsonElement ip : cniResult.getAsJsonArray("ips")) {
            String address =
                    ip.getAsJsonObject().get("address").getAsString().replaceFirst("/.*", "");
            addresses.add(address);
            hosts.append(address).append('\t');
            if (!subdomain.isEmpty()) {
                hosts.append(String.join(".", hostname, subdomain, namespace, "svc", DOMAIN))
                        .append('\t');
            }
            hosts.append(hostname).append('\n');
        }
        Files.writeString(directory.resolve("hosts"), hosts);
        return addresses;
    }

    private String resolvConf(JsonObject cniResult) {
        JsonObject dns = cniResult.has("dns") ? cniResult.getAsJsonObject("dns") : new JsonObject();
        List<String> servers = strings(dns, "nameservers", List.of(DEFAULT_DNS));
        List<String> search =
                strings(
                        dns,
                        "search",
                        List.of(namespace + ".svc." + DOMAIN, "svc." + DOMAIN, DOMAIN));
        List<String> options = strings(dns, "options", List.of("ndots:5"));
        StringBuilder text = new StringBuilder();
        servers.forEach(server -> text.append("nameserver ").append(server).append('\n'));
        text.append("search ").append(String.join(" ", search)).append('\n');
        text.append("options ").append(String.join(" ", options)).append('\n');
        return text.toString();
    }

    private static List<String> strings(JsonObject object, String field, List<String> otherwise) {
        if (!object.has(field) || object.getAsJsonArray(field).isEmpty()) {
            return otherwise;
        }
        List<String> texts = new ArrayList<>();
        object.getAsJsonArray(field).forEach(text -> texts.add(text.getAsString()));
        return texts;
    }
}
