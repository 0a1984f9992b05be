package dev.weir.server;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.FieldMaskUtil;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Key;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * What the server itself writes into an object: identity, revision, generation; and what an update
 * takes from a request.
 */
final class Metadata {
    private static final FieldMaskUtil.MergeOptions REPLACE =
            new FieldMaskUtil.MergeOptions()
                    .setReplaceMessageFields(true)
                    .setReplaceRepeatedFields(true)
                    .setReplacePrimitiveFields(true);

    private static final Set<String> NOT_DESIRED_STATE = Set.of("metadata", "status");

    private Metadata() {}

    static Message created(Message requested, String name, Instant now) {
        ObjectMeta asked = Fields.metadata(requested);
        ObjectMeta.Builder metadata =
                ObjectMeta.newBuilder()
                        .setName(name)
                        .setNamespace(asked.getNamespace())
                        .setGenerateName(asked.getGenerateName())
                        .putAllLabels(asked.getLabelsMap())
                        .putAllAnnotations(asked.getAnnotationsMap())
                        .setUid(UUID.randomUUID().toString())
                        .setGeneration(1)
                        .setCreationTimestamp(
                                Timestamp.newBuilder().setSeconds(now.getEpochSecond()));
        return Fields.withMetadata(requested, metadata.build());
    }

    /**
     * The old object with the masked fields of the requested one. An empty mask takes everything
     * but the status. Of the metadata, only labels and annotations can change, whatever the mask
     * says. An unknown path is a BAD_REQUEST failure.
     */
    static Message updated(Message old, Message requested, FieldMask mask) {
        Message.Builder result = old.toBuilder();
        FieldMask effective = mask.getPathsCount() == 0 ? allButStatus(old) : mask;
        for (String path : effective.getPathsList()) {
            if (!FieldMaskUtil.isValid(old.getDescriptorForType(), path)) {
                throw Failure.of(
                                Reason.BAD_REQUEST,
                                "update_mask: no field \""
                                        + path
                                        + "\" in "
                                        + old.getDescriptorForType().getFullName())
                        .asException();
            }
        }
        FieldMaskUtil.merge(effective, requested, result, REPLACE);
        ObjectMeta wanted = Fields.metadata(result.build());
        ObjectMeta metadata =
                Fields.metadata(old).toBuilder()
                        .clearLabels()
                        .putAllLabels(wanted.getLabelsMap())
                        .clearAnnotations()
                        .putAllAnnotations(wanted.getAnnotationsMap())
                        .build();
        return Fields.withMetadata(result.build(), metadata);
    }

    private static FieldMask allButStatus(Message object) {
        FieldMask.Builder mask = FieldMask.newBuilder();
        object.getDescriptorForType().getFields().stream()
                .filter(field -> !field.getName().equals("status"))
                .forEach(field -> mask.addPaths(field.getName()));
        return mask.build();
    }

    /**
     * Ready to store: with this revision, and one more generation when the desired state differs
     * from the old one's.
     */
    static Message stamped(Message old, Message admitted, long revision) {
        boolean changed =
                admitted.getDescriptorForType().getFields().stream()
                        .filter(field -> !NOT_DESIRED_STATE.contains(field.getName()))
                        .anyMatch(field -> !admitted.getField(field).equals(old.getField(field)));
        ObjectMeta.Builder metadata =
                Fields.metadata(admitted).toBuilder().setResourceVersion(Long.toString(revision));
        if (changed) {
            metadata.setGeneration(Fields.metadata(old).getGeneration() + 1);
        }
        return Fields.withMetadata(admitted, metadata.build());
    }

    static Message stamped(Message created, long revision) {
        return Fields.withMetadata(
                created,
                Fields.metadata(created).toBuilder()
                        .setResourceVersion(Long.toString(revision))
                        .build());
    }

    /** A derived object that was not there before. */
    static Message derived(Message object, Key key, long revision) {
        return stamped(created(object, key.name(), Instant.now()), revision);
    }

    /** A derived object that keeps the identity of its former version. */
    static Message rederived(Message old, Message object, long revision) {
        ObjectMeta wanted = Fields.metadata(object);
        ObjectMeta metadata =
                Fields.metadata(old).toBuilder()
                        .clearLabels()
                        .putAllLabels(wanted.getLabelsMap())
                        .clearAnnotations()
                        .putAllAnnotations(wanted.getAnnotationsMap())
                        .build();
        return stamped(old, Fields.withMetadata(object, metadata), revision);
    }
}
