package dev.weir.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import java.util.Map;
import java.util.Optional;

/** Objects as the bytes of a log, and back. */
public final class Records {
    private Records() {}

    /** Throws IllegalArgumentException for what could not be read back. */
    static Entry.Record encode(Map.Entry<Key, Optional<Message>> change) {
        Key key = change.getKey();
        if (!Key.ofPath(key.path()).equals(key)) {
            throw new IllegalArgumentException("a key's kind and namespace hold no slash: " + key);
        }
        Kind kind =
                Kinds.named(key.kind())
                        .orElseThrow(() -> new IllegalArgumentException("no kind: " + key.kind()));
        change.getValue()
                .filter(value -> !value.getClass().equals(kind.prototype().getClass()))
                .ifPresent(
                        value -> {
                            throw new IllegalArgumentException(
                                    key + " is no " + value.getDescriptorForType().getFullName());
                        });
        return new Entry.Record(key.path(), change.getValue().map(Message::toByteString));
    }

    /** Throws LogException when this version of the code cannot read it. */
    public static Message decode(Key key, ByteString bytes) {
        Kind kind =
                Kinds.named(key.kind())
                        .orElseThrow(
                                () ->
                                        new LogException(
                                                "The log holds "
                                                        + key
                                                        + ", of a kind that this version does not"
                                                        + " know. Upgrade this program to the"
                                                        + " version that wrote it, or a later"
                                                        + " one."));
        try {
            return kind.prototype().getParserForType().parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new LogException(
                    "The log holds "
                            + key
                            + ", but its bytes are damaged. Restore the log from a backup.",
                    e);
        }
    }
}
