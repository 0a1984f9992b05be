package dev.weir.dns.wire;

import java.util.Arrays;

/** A growing message. Remembers where names were written, so that later ones can point there. */
final class MessageWriter {
    /** Pointers have 14 bits. */
    private static final int POINTER_REACH = 0x4000;

    /** Places remembered; beyond these, names are merely longer. */
    private static final int MAX_PLACES = 64;

    private byte[] data = new byte[2 * Edns.UDP_SIZE];
    private int position;
    private final int[] places = new int[MAX_PLACES];
    private int placeCount;

    void reset() {
        position = 0;
        placeCount = 0;
    }

    int position() {
        return position;
    }

    byte[] data() {
        return data;
    }

    /** Forgets everything from an earlier position on. */
    void rollBack(int to) {
        position = to;
        while (placeCount > 0 && places[placeCount - 1] >= to) {
            placeCount--;
        }
    }

    void u8(int value) {
        room(1);
        data[position++] = (byte) value;
    }

    void u16(int value) {
        room(2);
        data[position++] = (byte) (value >> 8);
        data[position++] = (byte) value;
    }

    void u32(int value) {
        u16(value >>> 16);
        u16(value);
    }

    void u16At(int at, int value) {
        data[at] = (byte) (value >> 8);
        data[at + 1] = (byte) value;
    }

    void octets(byte[] octets) {
        room(octets.length);
        System.arraycopy(octets, 0, data, position, octets.length);
        position += octets.length;
    }

    /** A name in full, not to be pointed at. */
    void plainName(DnsName name) {
        room(name.length());
        name.copyTo(data, position);
        position += name.length();
    }

    /** A name, its tail replaced by a pointer to an earlier occurrence where there is one. */
    void name(DnsName name) {
        room(name.length() + 1);
        int earlier = placeCount; // this name's own labels are not finished yet
        int at = 0;
        while (name.octet(at) != 0) {
            int place = findPlace(name, at, earlier);
            if (place >= 0) {
                u16(0xc000 | place);
                return;
            }
            if (placeCount < MAX_PLACES && position < POINTER_REACH) {
                places[placeCount++] = position;
            }
            int label = 1 + name.octet(at);
            for (int i = 0; i < label; i++) {
                data[position++] = name.octet(at++);
            }
        }
        data[position++] = 0;
    }

    private int findPlace(DnsName name, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (isTailAt(name, from, places[i])) {
                return places[i];
            }
        }
        return -1;
    }

    private boolean isTailAt(DnsName name, int from, int place) {
        int at = place;
        for (int i = from; i < name.length(); ) {
            while ((data[at] & 0xc0) == 0xc0) {
                at = (data[at] & 0x3f) << 8 | (data[at + 1] & 0xff);
            }
            for (int n = 1 + name.octet(i); n > 0; n--) {
                if (DnsName.lower(name.octet(i++)) != DnsName.lower(data[at++])) {
                    return false;
                }
            }
        }
        return true;
    }

    private void room(int octets) {
        if (data.length - position < octets) {
            data = Arrays.copyOf(data, Math.max(2 * data.length, position + octets));
        }
    }
}
