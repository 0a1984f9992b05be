package dev.weir.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.cli.CompactJson;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a lab was started with. Two labs with other settings are different labs.
 *
 * @param nodes 1 to 89: node i has the address 172.30.0.(10 + i)
 * @param ingress whether there are proxies
 * @param cluster settings of the control plane
 * @param bootId of the machine's boot in which it was started; nothing of it outlives that
 */
record LabSettings(
        Shape shape,
        int nodes,
        String plane,
        String fabric,
        boolean ingress,
        Map<String, String> cluster,
        String bootId) {
    static final int MAX_NODES = 89;

    LabSettings {
        cluster = Map.copyOf(cluster);
    }

    String json() {
        TreeMap<String, Object> tree = new TreeMap<>();
        tree.put("distributed", shape == Shape.DISTRIBUTED);
        tree.put("nodes", nodes);
        tree.put("plane", plane);
        tree.put("fabric", fabric);
        tree.put("ingress", ingress);
        tree.put("cluster", new TreeMap<>(cluster));
        tree.put("bootId", bootId);
        return CompactJson.of(tree) + "\n";
    }

    static LabSettings parse(String json) {
        JsonObject tree = JsonParser.parseString(json).getAsJsonObject();
        TreeMap<String, String> cluster = new TreeMap<>();
        tree.getAsJsonObject("cluster")
                .entrySet()
                .forEach(entry -> cluster.put(entry.getKey(), entry.getValue().getAsString()));
        return new LabSettings(
                tree.get("distributed").getAsBoolean() ? Shape.DISTRIBUTED : Shape.STANDALONE,
                tree.get("nodes").getAsInt(),
                tree.get("plane").getAsString(),
                tree.get("fabric").getAsString(),
                tree.has("ingress") && tree.get("ingress").getAsBoolean(),
                cluster,
                tree.get("bootId").getAsString());
    }
}
