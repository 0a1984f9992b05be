package dev.weir.dns.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A cursor over one message. Every read is bounds-checked; names cannot loop. */
final class MessageReader {
    static final int HEADER_OCTETS = 12;

    private static final int POINTER = 0xc0;

    private final byte[] data;
    private final int end;
    private int position;

    MessageReader(byte[] data, int end) {
        this.data = data;
        this.end = end;
    }

    boolean atEnd() {
        return position == end;
    }

    int u8() throws MalformedMessage {
        need(1);
        return data[position++] & 0xff;
    }

    int u16() throws MalformedMessage {
        return u8() << 8 | u8();
    }

    int u32() throws MalformedMessage {
        return u16() << 16 | u16();
    }

    void skip(int octets) throws MalformedMessage {
        need(octets);
        position += octets;
    }

    /** A name, following pointers. Pointers must lead backwards, so this ends. */
    DnsName name() throws MalformedMessage {
        byte[] wire = new byte[DnsName.MAX_OCTETS];
        int length = 0;
        int at = position;
        int floor = position;
        boolean jumped = false;
        while (true) {
            int label = octet(at);
            if ((label & POINTER) == POINTER) {
                int target = (label & ~POINTER) << 8 | octet(at + 1);
                if (target >= floor) {
                    throw new MalformedMessage("pointer does not lead backwards");
                }
                if (!jumped) {
                    position = at + 2;
                    jumped = true;
                }
                floor = target;
                at = target;
                continue;
            }
            if (label > DnsName.MAX_LABEL_OCTETS) {
                throw new MalformedMessage("label type");
            }
            if (at + 1 + label > end || length + 1 + label > DnsName.MAX_OCTETS) {
                throw new MalformedMessage("name too long");
            }
            System.arraycopy(data, at, wire, length, 1 + label);
            length += 1 + label;
            at += 1 + label;
            if (label == 0) {
                break;
            }
        }
        if (!jumped) {
            position = at;
        }
        return DnsName.ofCheckedWire(Arrays.copyOf(wire, length));
    }

    /** A name in a place where nothing precedes that a pointer could lead to. */
    DnsName plainName() throws MalformedMessage {
        int start = position;
        for (int label = u8(); label != 0; label = u8()) {
            if (label > DnsName.MAX_LABEL_OCTETS) {
                throw new MalformedMessage("label type");
            }
            skip(label);
        }
        if (position - start > DnsName.MAX_OCTETS) {
            throw new MalformedMessage("name too long");
        }
        return DnsName.ofCheckedWire(Arrays.copyOfRange(data, start, position));
    }

    Question question() throws MalformedMessage {
        return new Question(plainName(), u16(), u16());
    }

    /** Reads one record of any type; its data comes out without compressed names. */
    Entry entry() throws MalformedMessage {
        DnsName owner = name();
        int type = u16();
        int dnsClass = u16();
        int ttl = u32();
        int length = u16();
        need(length);
        int dataEnd = position + length;
        Rdata rdata = rdata(type, dataEnd);
        if (position != dataEnd) {
            throw new MalformedMessage("record length");
        }
        return new Entry(owner, type, dnsClass, ttl, rdata);
    }

    private Rdata rdata(int type, int dataEnd) throws MalformedMessage {
        return switch (NameLayout.of(type)) {
            case NameLayout(int before, int names) when before == 0 && names == 1 ->
                    new Rdata.Target(name());
            case NameLayout layout -> new Rdata.Opaque(uncompressed(layout, dataEnd));
        };
    }

    private ByteBuffer uncompressed(NameLayout layout, int dataEnd) throws MalformedMessage {
        int before = Math.min(layout.before(), dataEnd - position);
        byte[] head = Arrays.copyOfRange(data, position, position + before);
        position += before;
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < layout.names(); i++) {
            names.add(name());
        }
        if (position > dataEnd) {
            throw new MalformedMessage("record length");
        }
        byte[] tail = Arrays.copyOfRange(data, position, dataEnd);
        position = dataEnd;
        int nameOctets = names.stream().mapToInt(DnsName::length).sum();
        byte[] octets = Arrays.copyOf(head, head.length + nameOctets + tail.length);
        int at = head.length;
        for (DnsName name : names) {
            name.copyTo(octets, at);
            at += name.length();
        }
        System.arraycopy(tail, 0, octets, at, tail.length);
        return ByteBuffer.wrap(octets);
    }

    private int octet(int at) throws MalformedMessage {
        if (at >= end) {
            throw new MalformedMessage("ends early");
        }
        return data[at] & 0xff;
    }

    private void need(int octets) throws MalformedMessage {
        if (end - position < octets) {
            throw new MalformedMessage("ends early");
        }
    }

    /** One record as it was read. */
    record Entry(DnsName owner, int type, int dnsClass, int ttl, Rdata data) {}

    /**
     * Where a type's data holds names that senders may compress (RFC 3597 section 4).
     *
     * @param before octets before the first name
     * @param names how many names follow each other
     */
    private record NameLayout(int before, int names) {
        static NameLayout of(int type) {
            return switch (type) {
                // NS MD MF CNAME MB MG MR PTR DNAME(39, must not be, but was)
                case 2, 3, 4, 5, 7, 8, 9, 12, 39 -> new NameLayout(0, 1);
                // SOA MINFO RP
                case 6, 14, 17 -> new NameLayout(0, 2);
                // MX AFSDB RT KX
                case 15, 18, 21, 36 -> new NameLayout(2, 1);
                // PX
                case 26 -> new NameLayout(2, 2);
                // SRV
                case 33 -> new NameLayout(6, 1);
                default -> new NameLayout(0, 0);
            };
        }
    }
}
