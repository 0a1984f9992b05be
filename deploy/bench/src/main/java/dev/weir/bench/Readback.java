package dev.weir.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Endpoints as the kernel has them, read from what {@code nft -j} lists: by others' eyes than those
 * of the plane that wrote them.
 */
final class Readback {
    private static final int MAX_DIFFERENCES = 20;

    private Readback() {}

    /**
     * Of the map of endpoints: by {@code ADDRESS PROTOCOL PORT} of a frontend, its endpoints as
     * {@code ADDRESS PORT}.
     */
    static Map<String, Set<String>> endpoints(String json) {
        Map<String, Set<String>> found = new TreeMap<>();
        for (JsonElement item :
                JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("nftables")) {
            JsonObject map = item.getAsJsonObject().getAsJsonObject("map");
            if (map == null || !map.has("elem")) {
                continue;
            }
            for (JsonElement element : map.getAsJsonArray("elem")) {
                JsonArray pair = element.getAsJsonArray();
                List<String> key = concatenated(pair.get(0));
                found.computeIfAbsent(String.join(" ", key.subList(0, 3)), _ -> new TreeSet<>())
                        .add(String.join(" ", concatenated(pair.get(1))));
            }
        }
        return found;
    }

    private static List<String> concatenated(JsonElement element) {
        JsonObject object = element.getAsJsonObject();
        JsonObject key =
                object.has("elem") ? object.getAsJsonObject("elem").getAsJsonObject("val") : object;
        List<String> parts = new ArrayList<>();
        key.getAsJsonArray("concat").forEach(part -> parts.add(part.getAsString()));
        return parts;
    }

    /** What the kernel has otherwise than it should; the first few. */
    static List<String> differences(
            Map<String, Set<String>> wanted, Map<String, Set<String>> found) {
        Set<String> all = new HashSet<>(wanted.keySet());
        all.addAll(found.keySet());
        return all.stream()
                .filter(
                        key ->
                                !wanted.getOrDefault(key, Set.of())
                                        .equals(found.getOrDefault(key, Set.of())))
                .sorted()
                .limit(MAX_DIFFERENCES)
                .map(
                        key ->
                                key
                                        + ": should lead to "
                                        + wanted.get(key)
                                        + ", leads to "
                                        + found.get(key))
                .toList();
    }
}
