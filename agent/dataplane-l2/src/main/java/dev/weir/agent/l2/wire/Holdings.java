package dev.weir.agent.l2.wire;

import dev.weir.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Part of what a node says that it owns, as it travels in a heartbeat: "weir", the part's number, 1
 * if it is the last, how many addresses, the addresses.
 *
 * @param part from 0; what the node owns is all parts together
 * @param addresses of one family
 */
public record Holdings(int part, boolean last, Set<IpAddress> addresses) {
    /** What a node owns beyond that is not told. */
    public static final int MAX_PARTS = 64;

    static final int HEAD = 8;
    private static final int MAGIC = 0x77656972;

    public Holdings {
        addresses = Set.copyOf(addresses);
    }

    /**
     * All that a node owns, in parts; at least one.
     *
     * @param most addresses of one part
     */
    static List<Holdings> split(Set<IpAddress> addresses, int most) {
        List<IpAddress> sorted = List.copyOf(new TreeSet<>(addresses));
        int parts = Math.clamp((sorted.size() + most - 1) / most, 1, MAX_PARTS);
        List<Holdings> split = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int end = Math.min(sorted.size(), (part + 1) * most);
            split.add(
                    new Holdings(
                            part, part == parts - 1, Set.copyOf(sorted.subList(part * most, end))));
        }
        return split;
    }

    int bytes(boolean v6) {
        return HEAD + addresses.size() * (v6 ? 16 : 4);
    }

    void write(ByteBuffer out) {
        out.putInt(MAGIC).put((byte) part).put((byte) (last ? 1 : 0));
        out.putShort((short) addresses.size());
        addresses.forEach(address -> out.put(address.bytes()));
    }

    /** Empty when something else is there, or not all of it. */
    static Optional<Holdings> read(ByteBuffer in, boolean v6) {
        int size = v6 ? 16 : 4;
        if (in.remaining() < HEAD || in.getInt() != MAGIC) {
            return Optional.empty();
        }
        int part = in.get() & 0xff;
        boolean last = in.get() != 0;
        int count = in.getShort() & 0xffff;
        if (part >= MAX_PARTS || count * size > in.remaining()) {
            return Optional.empty();
        }
        Set<IpAddress> addresses = new TreeSet<>();
        byte[] address = new byte[size];
        for (int i = 0; i < count; i++) {
            in.get(address);
            addresses.add(IpAddress.of(address));
        }
        return Optional.of(new Holdings(part, last, addresses));
    }
}
