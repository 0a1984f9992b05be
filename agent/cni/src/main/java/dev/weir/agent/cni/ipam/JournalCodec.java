package dev.weir.agent.cni.ipam;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One entry as bytes: length of the JSON, CRC-32C of the JSON, the JSON. Addresses are written as
 * text, instants as milliseconds since 1970.
 */
final class JournalCodec {
    /** Length and checksum. */
    static final int HEADER = 8;

    /** Far above an attachment with the most labels that are reasonable. */
    static final int MAX_BYTES = 1 << 18;

    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
                    .registerModule(
                            new SimpleModule()
                                    .addSerializer(
                                            IpAddress.class,
                                            write((out, ip) -> out.writeString(ip.toString())))
                                    .addDeserializer(
                                            IpAddress.class, read(in -> IpAddress.of(in.getText())))
                                    .addSerializer(
                                            Instant.class,
                                            write((out, at) -> out.writeNumber(at.toEpochMilli())))
                                    .addDeserializer(
                                            Instant.class,
                                            read(in -> Instant.ofEpochMilli(in.getLongValue()))));

    private JournalCodec() {}

    static ByteBuffer encode(JournalEntry entry) throws IOException {
        byte[] json = JSON.writerFor(JournalEntry.class).writeValueAsBytes(entry);
        if (json.length > MAX_BYTES) {
            throw new IOException("an entry of " + json.length + " bytes is too long to journal");
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + json.length);
        return bytes.putInt(json.length).putInt(checksum(json)).put(json).flip();
    }

    /**
     * The entry at the buffer's position, which moves past it; empty, and not moved, if there is no
     * whole one.
     */
    static Optional<JournalEntry> decode(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() < HEADER) {
            return Optional.empty();
        }
        int start = bytes.position();
        int length = bytes.getInt(start);
        if (length <= 0 || length > MAX_BYTES || length > bytes.remaining() - HEADER) {
            return Optional.empty();
        }
        byte[] json = new byte[length];
        bytes.get(start + HEADER, json);
        if (bytes.getInt(start + Integer.BYTES) != checksum(json)) {
            return Optional.empty();
        }
        bytes.position(start + HEADER + length);
        return Optional.of(JSON.readValue(json, JournalEntry.class));
    }

    private static int checksum(byte[] json) {
        CRC32C crc = new CRC32C();
        crc.update(json);
        return (int) crc.getValue();
    }

    private interface Writer<T> {
        void write(JsonGenerator out, T value) throws IOException;
    }

    private interface Reader<T> {
        T read(JsonParser in) throws IOException;
    }

    private static <T> JsonSerializer<T> write(Writer<T> writer) {
        return new JsonSerializer<>() {
            @Override
            public void serialize(T value, JsonGenerator out, SerializerProvider unused)
                    throws IOException {
                writer.write(out, value);
            }
        };
    }

    private static <T> JsonDeserializer<T> read(Reader<T> reader) {
        return new JsonDeserializer<>() {
            @Override
            public T deserialize(JsonParser in, DeserializationContext unused) throws IOException {
                return reader.read(in);
            }
        };
    }
}
