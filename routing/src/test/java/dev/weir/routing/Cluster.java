package dev.weir.routing;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import dev.weir.model.Shards;
import dev.weir.net.v1.Service;
import dev.weir.routing.compile.Compile;
import dev.weir.routing.compile.Compiled;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** Objects of all shards, each written once, and what requests come to. Immutable. */
public record Cluster(TreePMap<Key, Stored> objects, long revision) {
    private static final String CLASSES =
            """
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: weir}
            spec: {controller: weir.dev/ingress}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: weir}
            spec: {controllerName: weir.dev/gateway}
            """;

    /** With a class of each kind, called weir. */
    public static Cluster withClasses() {
        return new Cluster(TreePMap.empty(), 0).with(CLASSES);
    }

    /** Each document a further write. */
    public Cluster with(String yaml) {
        Manifests.Parsed parsed = Manifests.parse("test", yaml);
        if (!parsed.problems().isEmpty()) {
            throw new AssertionError(parsed.problems());
        }
        Cluster cluster = this;
        for (Manifests.Manifest manifest : parsed.manifests()) {
            cluster = cluster.with(manifest.object());
        }
        return cluster;
    }

    /** Written next; without a time of creation, objects are as old as their revision says. */
    public Cluster with(Message object) {
        Kind kind = Kinds.of(object);
        ObjectMeta given = metadata(object);
        ObjectMeta.Builder metadata = given.toBuilder();
        if (!given.hasCreationTimestamp()) {
            metadata.getCreationTimestampBuilder().setSeconds(revision + 1);
        }
        if (given.getGeneration() == 0) {
            metadata.setGeneration(1);
        }
        Message whole =
                object.toBuilder()
                        .setField(
                                object.getDescriptorForType().findFieldByName("metadata"),
                                metadata.build())
                        .build();
        return new Cluster(
                objects.plus(kind.key(given), new Stored(whole, revision + 1)), revision + 1);
    }

    /** A status write, say: the object as it is, at the next revision. */
    public Cluster written(Map<Key, Message> changed) {
        Cluster cluster = this;
        for (Message object : changed.values()) {
            cluster = cluster.with(object);
        }
        return cluster;
    }

    /** Services of one namespace; each as {@code name:port}, with a port called http. */
    public Cluster services(String namespace, String... services) {
        Cluster cluster = this;
        for (String service : services) {
            String[] parts = service.split(":");
            Service.Builder object = Service.newBuilder();
            object.getMetadataBuilder().setNamespace(namespace).setName(parts[0]);
            object.getSpecBuilder()
                    .addPortsBuilder()
                    .setName("http")
                    .setPort(Integer.parseInt(parts[1]));
            cluster = cluster.with(object.build());
        }
        return cluster;
    }

    public Cluster without(Key key) {
        return new Cluster(objects.minus(key), revision + 1);
    }

    private static ObjectMeta metadata(Message object) {
        return (ObjectMeta)
                object.getField(object.getDescriptorForType().findFieldByName("metadata"));
    }

    public <M extends Message> M find(Class<M> type, Key key) {
        return type.cast(objects.get(key).value());
    }

    public Image image(String shard) {
        TreePMap<Key, Stored> of = TreePMap.empty();
        for (var entry : objects.entrySet()) {
            if (Kinds.named(entry.getKey().kind()).orElseThrow().shard().equals(shard)) {
                of = of.plus(entry.getKey(), entry.getValue());
            }
        }
        return new Image(shard, "log", revision, Frontier.EMPTY, of);
    }

    public Compiled compiled() {
        return Compile.of(image(Shards.CONTROL), image(Shards.ENDPOINT), image(Shards.SECRET));
    }

    /** Of a plain GET on port 80; as {@link #text}. */
    public String get(String host, String path) {
        return ask(compiled(), 80, host, new Asked("GET", path, "", Map.of()));
    }

    /** What the table has for a request. */
    public static String ask(Compiled compiled, int port, String host, Request request) {
        PortTable table = compiled.table().ports().get(port);
        return table == null
                ? "closed"
                : table.hosts()
                        .find(host)
                        .flatMap(rules -> rules.find(request))
                        .map(rule -> text(rule.action()))
                        .orElse("404");
    }

    /** The Services and their weights, or the status of the answer. */
    static String text(Action action) {
        return switch (action) {
            case Action.Answer(int status) -> "" + status;
            case Action.Redirect redirect -> "" + redirect.status();
            case Action.Forward forward ->
                    forward.shares().stream()
                            .map(s -> (s.weight() == 1 ? "" : s.weight() + "*") + text(s.target()))
                            .collect(Collectors.joining(" "));
        };
    }

    private static String text(Action.Target target) {
        return switch (target) {
            case Action.Target.To(var service) -> service.toString();
            case Action.Target.Fail(int status) -> "" + status;
        };
    }

    /** A request of a test. */
    public record Asked(String method, String path, String query, Map<String, String> headers)
            implements Request {
        /**
         * @param text e.g. {@code GET /a?b=c x-header:value}
         */
        public static Asked parse(String text) {
            String[] words = text.split(" ");
            String[] target = words[1].split("\\?", 2);
            return new Asked(
                    words[0],
                    target[0],
                    target.length > 1 ? target[1] : "",
                    Arrays.stream(words)
                            .skip(2)
                            .map(header -> header.split(":", 2))
                            .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1])));
        }

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }
}
