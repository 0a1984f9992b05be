package dev.weir.server;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weir.core.v1.ObjectMeta;
import java.util.Optional;

/**
 * The fields that the messages of every kind have under the same names. A name that is missing is a
 * mistake in a proto file, so it fails loudly.
 */
final class Fields {
    private Fields() {}

    static FieldDescriptor field(Message message, String name) {
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
        if (field == null) {
            throw new IllegalStateException(
                    message.getDescriptorForType().getFullName() + " has no field " + name);
        }
        return field;
    }

    static String text(Message message, String name) {
        return (String) message.getField(field(message, name));
    }

    static long number(Message message, String name) {
        return ((Number) message.getField(field(message, name))).longValue();
    }

    static boolean flag(Message message, String name) {
        return (Boolean) message.getField(field(message, name));
    }

    static Message message(Message message, String name) {
        return (Message) message.getField(field(message, name));
    }

    static Optional<Message> present(Message message, String name) {
        return message.hasField(field(message, name))
                ? Optional.of(message(message, name))
                : Optional.empty();
    }

    static ObjectMeta metadata(Message object) {
        return (ObjectMeta) object.getField(field(object, "metadata"));
    }

    static Message withMetadata(Message object, ObjectMeta metadata) {
        return object.toBuilder().setField(field(object, "metadata"), metadata).build();
    }
}
