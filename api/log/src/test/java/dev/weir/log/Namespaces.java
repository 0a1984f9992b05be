package dev.weir.log;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespaceStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Failure;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Small objects with a value, and writes of them, for tests. */
public final class Namespaces {
    private Namespaces() {}

    public static Key key(String name) {
        return Kinds.NAMESPACE.key("", name);
    }

    public static Namespace object(String name, String value) {
        return Namespace.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setStatus(NamespaceStatus.newBuilder().setPhase(value))
                .build();
    }

    public static Optional<String> value(Image image, String name) {
        return image.find(Namespace.class, key(name))
                .map(namespace -> namespace.getStatus().getPhase());
    }

    /** Everything in an image, by name. */
    public static Map<String, String> values(Image image) {
        TreeMap<String, String> values = new TreeMap<>();
        image.all(Kinds.NAMESPACE, Namespace.class)
                .forEach(
                        namespace ->
                                values.put(
                                        namespace.getMetadata().getName(),
                                        namespace.getStatus().getPhase()));
        return values;
    }

    public static Change put(String name, String value) {
        return new Change(Map.of(name, Optional.of(value)), Frontier.EMPTY, "");
    }

    public static Change remove(String name) {
        return new Change(Map.of(name, Optional.empty()), Frontier.EMPTY, "");
    }

    /** Writes whatever the image holds. The answer tells the revision it was decided with. */
    public record Change(Map<String, Optional<String>> values, Frontier after, String requestId)
            implements Write<String> {
        public Change and(String name, String value) {
            TreeMap<String, Optional<String>> all = new TreeMap<>(values);
            all.put(name, Optional.of(value));
            return new Change(all, after, requestId);
        }

        public Change after(Frontier read) {
            return new Change(values, read, requestId);
        }

        public Change as(String request) {
            return new Change(values, after, request);
        }

        @Override
        public Decision<String> decide(Pending pending) {
            TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
            values.forEach(
                    (name, value) -> changes.put(key(name), value.map(v -> object(name, v))));
            return new Decision.Accept<>(changes, after, "written at " + pending.revision());
        }

        @Override
        public String repeated(Image durable, long revision) {
            return "repeated";
        }
    }

    /** Creates the object, unless one is there. */
    public static Write<String> create(String name, String value) {
        return new Write<>() {
            @Override
            public Decision<String> decide(Pending pending) {
                return pending.image().get(key(name)).isPresent()
                        ? new Decision.Refuse<>(Failure.alreadyExists(Kinds.NAMESPACE, name))
                        : put(name, value).decide(pending);
            }

            @Override
            public String repeated(Image durable, long revision) {
                return "repeated";
            }
        };
    }

    /** Whatever the function says. */
    public static Write<String> deciding(Function<Pending, Decision<String>> decision) {
        return new Write<>() {
            @Override
            public Decision<String> decide(Pending pending) {
                return decision.apply(pending);
            }

            @Override
            public String repeated(Image durable, long revision) {
                return "repeated";
            }
        };
    }
}
