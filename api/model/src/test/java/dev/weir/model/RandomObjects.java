package dev.weir.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import java.util.List;
import java.util.Random;

/** Objects with any fields set to anything, as the seed has it. */
final class RandomObjects {
    private static final List<String> AWKWARD =
            List.of(
                    "web",
                    "yes",
                    "NO",
                    "on",
                    "true",
                    "null",
                    "~",
                    "",
                    " ",
                    "0777",
                    "1",
                    "-1",
                    "1.5",
                    "1e3",
                    ".inf",
                    "0x1f",
                    "1_000",
                    "12:30:45",
                    "2026-01-31",
                    "10.0.0.1",
                    "10.0.0.0/8",
                    "fd00::1",
                    "::",
                    "a: b",
                    "a #b",
                    "- a",
                    "? a",
                    "&a",
                    "*a",
                    "!a",
                    "%a",
                    "@a",
                    "`a`",
                    "'a'",
                    "\"a\"",
                    "{a}",
                    "[a]",
                    "a,b",
                    "line\nbreak",
                    "\ttab",
                    "\u0000\u001f\u007f\u0085\u2028\ufeff",
                    "\ud83d\ude80",
                    "\u00e9",
                    "---",
                    "...",
                    "key:",
                    ":",
                    "a:b",
                    "app.kubernetes.io/name",
                    "<<",
                    "=",
                    "\\",
                    "a\r\nb");

    private final Random random;

    RandomObjects(long seed) {
        random = new Random(seed);
    }

    Message of(Kind kind) {
        Message.Builder object = message(kind.prototype()).toBuilder();
        FieldDescriptor field = object.getDescriptorForType().findFieldByName("metadata");
        ObjectMeta metadata = (ObjectMeta) object.getField(field);
        return object.setField(field, metadata.toBuilder().setName("named").build()).build();
    }

    private Message message(Message prototype) {
        switch (prototype) {
            case Timestamp time -> {
                return Timestamp.newBuilder()
                        .setSeconds(random.nextLong(-62_135_596_800L, 253_402_300_800L))
                        .build();
            }
            case IntOrString either -> {
                return random.nextBoolean()
                        ? IntOrString.newBuilder().setIntVal(random.nextInt()).build()
                        : IntOrString.newBuilder().setStrVal(text()).build();
            }
            default -> {}
        }
        Message.Builder message = prototype.newBuilderForType();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                // Distinct keys, since the order of a map is not kept.
                for (int i = random.nextInt(3); i > 0; i--) {
                    Message.Builder entry = message.newBuilderForField(field);
                    entry.setField(entry.getDescriptorForType().findFieldByNumber(1), text() + i);
                    FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
                    entry.setField(value, value(entry, value));
                    message.addRepeatedField(field, entry.build());
                }
            } else if (field.isRepeated()) {
                for (int i = random.nextInt(3); i > 0; i--) {
                    message.addRepeatedField(field, value(message, field));
                }
            } else if (random.nextInt(3) > 0) {
                message.setField(field, value(message, field));
            }
        }
        return message.build();
    }

    private Object value(Message.Builder message, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> text();
            case BOOLEAN -> random.nextBoolean();
            case INT -> random.nextInt(4) == 0 ? 0 : random.nextInt();
            case LONG -> random.nextInt(4) == 0 ? 0L : random.nextLong();
            case MESSAGE -> message(message.newBuilderForField(field).getDefaultInstanceForType());
            case BYTE_STRING -> ByteString.copyFromUtf8(text());
            case ENUM, FLOAT, DOUBLE ->
                    throw new AssertionError("no such field in the API: " + field);
        };
    }

    private String text() {
        return AWKWARD.get(random.nextInt(AWKWARD.size()));
    }
}
