package dev.weir.agent.linux;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The bytes of an nftables key or value: a concatenation of fields, each padded to whole 4-byte
 * registers. Immutable, equal by content.
 *
 * <p>A set of one single port or protocol is not a concatenation and is not padded by nftables;
 * this class does not serve those.
 */
public final class NftData {
    private static final int INTERFACE_NAME_BYTES = 16;

    /** 2^32 divided by the golden ratio, odd. */
    private static final int GOLDEN = 0x9E3779B1;

    private final byte[] bytes;
    private final int hash;

    private NftData(byte[] bytes) {
        this.bytes = bytes;
        this.hash = hash(bytes);
    }

    /**
     * Spreads what differs in a few bits of some registers, such as addresses and slots in a row.
     * Of 100,000 such keys, {@link Arrays#hashCode(byte[])} makes 14,000 numbers.
     */
    private static int hash(byte[] bytes) {
        ByteBuffer registers = ByteBuffer.wrap(bytes);
        int hash = bytes.length;
        while (registers.remaining() >= Integer.BYTES) {
            hash = (Integer.rotateLeft(hash, 13) ^ registers.getInt()) * GOLDEN;
        }
        while (registers.hasRemaining()) {
            hash = (Integer.rotateLeft(hash, 13) ^ registers.get()) * GOLDEN;
        }
        return hash ^ hash >>> 15;
    }

    /** Wraps a copy of register bytes, for instance from a dump. */
    public static NftData ofBytes(byte[] bytes) {
        return new NftData(bytes.clone());
    }

    public static NftData ofAddress(InetAddress address) {
        return new NftData(address.getAddress());
    }

    public static Builder builder() {
        return new Builder();
    }

    public int length() {
        return bytes.length;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    byte[] shared() {
        return bytes;
    }

    /** The bytes from {@code offset}, big endian, for decoding. */
    public ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NftData that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Appends the fields of a concatenation in order. */
    public static final class Builder {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(24);

        private Builder() {}

        /** 4 or 16 bytes by family. */
        public Builder address(InetAddress address) {
            out.writeBytes(address.getAddress());
            return this;
        }

        /** 4 or 16 bytes by family, network order; the array is not kept. */
        public Builder address(byte[] address) {
            if (address.length != 4 && address.length != 16) {
                throw new IllegalArgumentException("address of " + address.length + " bytes");
            }
            out.writeBytes(address);
            return this;
        }

        /** An IP protocol number, 0 to 255. */
        public Builder protocol(int number) {
            if ((number & ~0xff) != 0) {
                throw new IllegalArgumentException("protocol " + number);
            }
            out.writeBytes(new byte[] {(byte) number, 0, 0, 0});
            return this;
        }

        /** A transport port, 0 to 65535. */
        public Builder port(int number) {
            if ((number & ~0xffff) != 0) {
                throw new IllegalArgumentException("port " + number);
            }
            out.writeBytes(new byte[] {(byte) (number >> 8), (byte) number, 0, 0});
            return this;
        }

        /** A 32-bit number in host order: a mark, or the result of numgen. */
        public Builder hostOrder(int number) {
            out.writeBytes(
                    ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(number).array());
            return this;
        }

        /** An interface name, at most 15 bytes. */
        public Builder interfaceName(String name) {
            byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
            if (ascii.length == 0 || ascii.length >= INTERFACE_NAME_BYTES) {
                throw new IllegalArgumentException("interface name \"" + name + "\"");
            }
            out.writeBytes(Arrays.copyOf(ascii, INTERFACE_NAME_BYTES));
            return this;
        }

        public NftData build() {
            return new NftData(out.toByteArray());
        }
    }
}
