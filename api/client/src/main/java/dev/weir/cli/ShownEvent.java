package dev.weir.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weir.events.v1.CloudEvent;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One event, ready to be printed in any format.
 *
 * @param kind empty when only a later version knows it
 */
record ShownEvent(CloudEvent event, Optional<Kind> kind) {

    static ShownEvent of(CloudEvent event) {
        String type = event.getType();
        return new ShownEvent(
                event,
                Kinds.ALL.stream()
                        .filter(kind -> type.startsWith("weir." + kind.eventName() + "."))
                        .findFirst());
    }

    /**
     * Time, type, object, revision.
     *
     * @param now for an event that does not say when it happened
     */
    String line(Instant now) {
        String what = event.getType().substring(event.getType().lastIndexOf('.') + 1);
        return String.join(
                "  ",
                time().orElse(now).toString(),
                what,
                kind.map(Kind::name).orElse(event.getDataschema()) + " " + event.getSubject(),
                Long.toString(event.getRevision()));
    }

    /** As {@code get -o name}. */
    String name() {
        String subject = event.getSubject();
        return kind.map(Resource::typeName).orElse(event.getDataschema())
                + "/"
                + subject.substring(subject.indexOf('/') + 1);
    }

    /** By CloudEvents' JSON format, on one line. Numbers of 64 bits are strings there. */
    String json() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("specversion", "1.0");
        tree.put("id", event.getId());
        tree.put("source", event.getSource());
        tree.put("type", event.getType());
        tree.put("subject", event.getSubject());
        time().ifPresent(time -> tree.put("time", time.toString()));
        tree.put("dataschema", event.getDataschema());
        tree.put("shard", event.getShard());
        tree.put("revision", Long.toString(event.getRevision()));
        object().ifPresent(
                        object -> {
                            tree.put("datacontenttype", "application/json");
                            tree.put("data", Manifests.tree(object));
                        });
        return CompactJson.of(tree);
    }

    private Optional<Instant> time() {
        return event.hasTime()
                ? Optional.of(
                        Instant.ofEpochSecond(
                                event.getTime().getSeconds(), event.getTime().getNanos()))
                : Optional.empty();
    }

    private Optional<Message> object() {
        if (kind.isEmpty() || !event.hasData()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    kind.get()
                            .prototype()
                            .getParserForType()
                            .parseFrom(event.getData().getValue()));
        } catch (InvalidProtocolBufferException e) {
            throw new CliError("event " + event.getId() + " cannot be read: " + e.getMessage());
        }
    }
}
