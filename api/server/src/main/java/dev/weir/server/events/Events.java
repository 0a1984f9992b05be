package dev.weir.server.events;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.weir.events.v1.CloudEvent;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The events of one cluster, by CloudEvents 1.0. The same change makes the same event wherever it
 * is read: from a log, from an image, again after a crash.
 */
public record Events(String cluster) {
    /** The kinds that there are events of: those that users can read, except for Secrets. */
    public static final List<Kind> KINDS = Kinds.ALL.stream().filter(Kind::hasEvents).toList();

    private static final String ANY_PREFIX = "type.googleapis.com/";

    /** How a type ends. */
    static final String CHANGED = "changed";

    static final String DELETED = "deleted";

    /** The kind of this name, if there are events of it. */
    public static Optional<Kind> kind(String name) {
        return KINDS.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /** As {@link #kind}; a {@link Reason#BAD_REQUEST} failure when there are none. */
    static Kind requiredKind(String name) {
        return kind(name)
                .orElseThrow(
                        () ->
                                Failure.of(
                                                Reason.BAD_REQUEST,
                                                "kinds: there are no events of \"" + name + "\"")
                                        .asException());
    }

    /** For example {@code weir.net.service.v1.deleted}. */
    static String type(Kind kind, boolean deleted) {
        return "weir." + kind.eventName() + "." + (deleted ? DELETED : CHANGED);
    }

    /** Who owns the kind's shard. */
    String source(Kind kind) {
        String owner =
                kind.shard().equals(dev.weir.model.Shards.CONTROL)
                        ? "control-plane"
                        : kind.shard() + "-service";
        return "//" + cluster + "/" + owner;
    }

    static String dataschema(Kind kind) {
        return "proto:" + messageName(kind);
    }

    private static String messageName(Kind kind) {
        return kind.prototype().getDescriptorForType().getFullName();
    }

    /**
     * What happened to one object.
     *
     * @param revision of the write
     * @param value the object after it, as the bytes of its message; empty when it was deleted
     * @param time of the write, where that is known
     */
    public CloudEvent event(
            Kind kind, Key key, long revision, Optional<ByteString> value, Optional<Instant> time) {
        CloudEvent.Builder event =
                CloudEvent.newBuilder()
                        .setId(kind.shard() + ":" + revision + ":" + key.path())
                        .setSource(source(kind))
                        .setType(type(kind, value.isEmpty()))
                        .setSubject(key.qualifiedName())
                        .setDataschema(dataschema(kind))
                        .setShard(kind.shard())
                        .setRevision(revision);
        value.ifPresent(
                bytes ->
                        event.setData(
                                Any.newBuilder()
                                        .setTypeUrl(ANY_PREFIX + messageName(kind))
                                        .setValue(bytes)));
        time.ifPresent(
                at ->
                        event.setTime(
                                Timestamp.newBuilder()
                                        .setSeconds(at.getEpochSecond())
                                        .setNanos(at.getNano())));
        return event.build();
    }
}
