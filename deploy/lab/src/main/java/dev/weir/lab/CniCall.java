package dev.weir.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import dev.weir.cli.CliError;
import dev.weir.cli.CompactJson;
import dev.weir.cli.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls the real CNI plug-in the way a container runtime does: environment, configuration on stdin.
 */
final class CniCall {
    private static final String VERSION = "1.0.0";

    private final LabPlace place;
    private final String shim;

    private CniCall(LabPlace place, String shim) {
        this.place = place;
        this.shim = shim;
    }

    /** Throws CliError when the launcher did not say where the plug-in is. */
    static CniCall of(Session session, LabPlace place) {
        String shim = session.environment().getOrDefault("WEIR_CNI_SHIM", "");
        if (shim.isEmpty()) {
            throw new CliError("start this command through deploy/weir: it builds the CNI plug-in");
        }
        return new CniCall(place, shim);
    }

    /**
     * Attaches the pod; the result that CNI prints. Throws LabException with the plug-in's words.
     */
    JsonObject add(PodFiles pod, Map<String, String> labels) {
        Program.Ended ended = call("ADD", pod, labels);
        if (!ended.ok()) {
            throw new LabException("CNI ADD of pod " + pod.name() + " failed: " + message(ended));
        }
        return JsonParser.parseString(ended.out()).getAsJsonObject();
    }

    /** Detaches the pod; succeeds for one that is not attached. */
    void delete(PodFiles pod) {
        Program.Ended ended = call("DEL", pod, Map.of());
        if (!ended.ok()) {
            throw new LabException("CNI DEL of pod " + pod.name() + " failed: " + message(ended));
        }
    }

    private Program.Ended call(String command, PodFiles pod, Map<String, String> labels) {
        LabNode node = place.node(pod.node());
        Netns netns = place.podNetns(pod.namespace(), pod.name());
        Map<String, String> environment =
                Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        pod.containerId(),
                        "CNI_NETNS",
                        netns.path().toString(),
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_PATH",
                        "/opt/cni/bin",
                        "CNI_ARGS",
                        "IgnoreUnknown=1;K8S_POD_NAMESPACE="
                                + pod.namespace()
                                + ";K8S_POD_NAME="
                                + pod.name());
        return Program.run(
                place.netns(node).enter(List.of(shim)), configuration(node, labels), environment);
    }

    private String configuration(LabNode node, Map<String, String> labels) {
        List<Object> pairs = new ArrayList<>();
        new TreeMap<>(labels)
                .forEach(
                        (key, value) ->
                                pairs.add(new TreeMap<>(Map.of("key", key, "value", value))));
        TreeMap<String, Object> config = new TreeMap<>();
        config.put("cniVersion", VERSION);
        config.put("name", "weir");
        config.put("type", "weir-cni");
        config.put("socket", place.cniSocket(node).toString());
        config.put("queue", place.node(node).resolve("cni-queue").toString());
        config.put("args", Map.of("cni", Map.of("labels", pairs)));
        return CompactJson.of(config);
    }

    /** CNI tells errors as JSON on stdout. */
    private static String message(Program.Ended ended) {
        try {
            JsonObject error = JsonParser.parseString(ended.out()).getAsJsonObject();
            String details = error.has("details") ? error.get("details").getAsString() : "";
            return error.get("msg").getAsString() + (details.isEmpty() ? "" : " (" + details + ")");
        } catch (JsonSyntaxException | IllegalStateException notJson) {
            return (ended.out() + ended.err()).strip();
        }
    }
}
