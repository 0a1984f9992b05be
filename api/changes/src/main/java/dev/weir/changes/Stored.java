package dev.weir.changes;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weir.model.Kind;
import org.jspecify.annotations.Nullable;

/**
 * An object and the revision of its last write.
 *
 * <p>A packed one is kept as its bytes, a fifth of the memory, and made anew for each that asks:
 * for those that hold many objects and look at few. Nobody can tell the two apart otherwise.
 */
public final class Stored {
    /** What messages of a type are called in an {@link Any}. */
    private static final String TYPES = "type.googleapis.com/";

    /** The object; of a packed one an empty one of its type. */
    private final Message form;

    private final @Nullable ByteString packed;
    private final long revision;

    public Stored(Message value, long revision) {
        this(value, null, revision);
    }

    private Stored(Message form, @Nullable ByteString packed, long revision) {
        this.form = form;
        this.packed = packed;
        this.revision = revision;
    }

    /**
     * A packed one.
     *
     * @throws InvalidProtocolBufferException if the bytes are not an object of the kind
     */
    public static Stored packed(Kind kind, ByteString bytes, long revision)
            throws InvalidProtocolBufferException {
        parse(kind.prototype(), bytes);
        return new Stored(kind.prototype(), bytes, revision);
    }

    private static Message parse(Message form, ByteString bytes)
            throws InvalidProtocolBufferException {
        return form.getParserForType().parseFrom(bytes);
    }

    public Message value() {
        if (packed == null) {
            return form;
        }
        try {
            return parse(form, packed);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("it could be read when it was packed", e);
        }
    }

    public long revision() {
        return revision;
    }

    /** The object for the wire; costs nothing where it is packed. */
    public Any toAny() {
        return packed == null
                ? Any.pack(form)
                : Any.newBuilder()
                        .setTypeUrl(TYPES + form.getDescriptorForType().getFullName())
                        .setValue(packed)
                        .build();
    }

    @Override
    public boolean equals(Object o) {
        return o == this
                || o instanceof Stored other
                        && revision == other.revision
                        && (packed != null && packed.equals(other.packed) && form == other.form
                                || value().equals(other.value()));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(revision);
    }

    @Override
    public String toString() {
        return value() + "at revision " + revision;
    }
}
