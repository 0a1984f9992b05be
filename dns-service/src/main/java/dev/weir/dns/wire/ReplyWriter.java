package dev.weir.dns.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Turns replies into messages of a given size.
 *
 * <p>When space is short, additional records go first, silently, then answers with TC set, so that
 * the asker knows and comes back over TCP (RFC 2181 section 9). Addresses start at a random one.
 *
 * <p>Owns its buffer: one thread at a time, and a message is valid until the next is written.
 */
public final class ReplyWriter {
    /** The owner and fixed fields of OPT without options (RFC 6891 section 6.1.2). */
    private static final int OPT_OCTETS = 11;

    private static final int OPTION_EDE = 15;

    private final RandomGenerator random;
    private final boolean recursionAvailable;
    private final MessageWriter out = new MessageWriter();

    public ReplyWriter(RandomGenerator random, boolean recursionAvailable) {
        this.random = random;
        this.recursionAvailable = recursionAvailable;
    }

    /** A header and nothing else. */
    public ByteBuffer write(Inbound.Rejected rejected) {
        out.reset();
        out.u16(rejected.id());
        out.u16(
                Header.QR
                        | rejected.opcode() << 11
                        | (rejected.recursionDesired() ? Header.RD : 0)
                        | rejected.rcode());
        out.u32(0);
        out.u32(0);
        return message();
    }

    /** A reply for a datagram. */
    public ByteBuffer datagram(Inbound.Query query, Reply reply) {
        return write(query, reply, query.datagramLimit());
    }

    /** A reply for a stream, without its length prefix. What 64 KiB cannot hold is cut, with TC. */
    public ByteBuffer streamed(Inbound.Query query, Reply reply) {
        return write(query, reply, Header.MAX_MESSAGE);
    }

    private ByteBuffer write(Inbound.Query query, Reply reply, int limit) {
        out.reset();
        Question question = query.question();
        out.u16(query.id());
        out.u16(0);
        out.u16(1);
        out.u16(0);
        out.u32(0);
        out.name(question.name());
        out.u16(question.type());
        out.u16(question.dnsClass());

        int room = limit - optOctets(query, reply);
        int answers = section(reply.answers(), room);
        int authority = answers < 0 ? -1 : section(reply.authority(), room);
        boolean cut = reply.truncated() || answers < 0 || authority < 0;
        int additional = cut ? 0 : glue(reply.additional(), room);
        opt(query, reply);

        out.u16At(2, flags(query, reply, cut));
        out.u16At(6, answers < 0 ? ~answers : answers);
        out.u16At(8, authority < 0 ? ~authority : authority);
        out.u16At(10, additional + (query.edns() == null ? 0 : 1));
        return message();
    }

    /** Writes what fits, record by record; returns the count, complemented if some did not fit. */
    private int section(List<RrSet> sets, int room) {
        int count = 0;
        for (RrSet set : sets) {
            int size = set.data().size();
            int first = set.rotates() ? random.nextInt(size) : 0;
            for (int i = 0; i < size; i++) {
                int before = out.position();
                record(set, set.data().get((first + i) % size));
                if (out.position() > room) {
                    out.rollBack(before);
                    return ~count;
                }
                count++;
            }
        }
        return count;
    }

    /** Writes whole sets until one does not fit: half a set of addresses would mislead. */
    private int glue(List<RrSet> sets, int room) {
        int count = 0;
        for (RrSet set : sets) {
            int before = out.position();
            for (Rdata data : set.data()) {
                record(set, data);
            }
            if (out.position() > room) {
                out.rollBack(before);
                return count;
            }
            count += set.data().size();
        }
        return count;
    }

    private void record(RrSet set, Rdata data) {
        out.name(set.owner());
        out.u16(set.type());
        out.u16(Question.CLASS_IN);
        out.u32(set.ttl());
        int lengthAt = out.position();
        out.u16(0);
        data(data);
        out.u16At(lengthAt, out.position() - lengthAt - 2);
    }

    private void data(Rdata data) {
        switch (data) {
            case Rdata.A(int address) -> out.u32(address);
            case Rdata.Aaaa(long high, long low) -> {
                out.u32((int) (high >>> 32));
                out.u32((int) high);
                out.u32((int) (low >>> 32));
                out.u32((int) low);
            }
            case Rdata.Target(DnsName name) -> out.name(name);
            case Rdata.Srv srv -> {
                out.u16(srv.priority());
                out.u16(srv.weight());
                out.u16(srv.port());
                out.plainName(srv.target());
            }
            case Rdata.Txt(String text) -> {
                out.u8(text.length());
                text.chars().forEach(out::u8);
            }
            case Rdata.Soa soa -> {
                out.name(soa.primary());
                out.name(soa.mailbox());
                out.u32(soa.serial());
                out.u32(soa.refresh());
                out.u32(soa.retry());
                out.u32(soa.expire());
                out.u32(soa.minimum());
            }
            case Rdata.Opaque(ByteBuffer octets) -> {
                byte[] copy = new byte[octets.remaining()];
                octets.get(octets.position(), copy);
                out.octets(copy);
            }
        }
    }

    private static int optOctets(Inbound.Query query, Reply reply) {
        Ede ede = reply.ede();
        return query.edns() == null ? 0 : OPT_OCTETS + (ede == null ? 0 : 6 + ede.text().length());
    }

    private void opt(Inbound.Query query, Reply reply) {
        Edns edns = query.edns();
        if (edns == null) {
            return;
        }
        out.u8(0);
        out.u16(RecordType.OPT);
        out.u16(Edns.UDP_SIZE);
        out.u32(reply.rcode() >>> 4 << 24 | (edns.dnssecOk() ? 0x8000 : 0));
        Ede ede = reply.ede();
        if (ede == null) {
            out.u16(0);
            return;
        }
        out.u16(6 + ede.text().length());
        out.u16(OPTION_EDE);
        out.u16(2 + ede.text().length());
        out.u16(ede.code());
        ede.text().chars().forEach(out::u8);
    }

    private int flags(Inbound.Query query, Reply reply, boolean cut) {
        return Header.QR
                | (reply.authoritative() ? Header.AA : 0)
                | (cut ? Header.TC : 0)
                | (query.recursionDesired() ? Header.RD : 0)
                | (recursionAvailable ? Header.RA : 0)
                | (reply.authentic() ? Header.AD : 0)
                | (query.checkingDisabled() ? Header.CD : 0)
                | (reply.rcode() & 0xf);
    }

    private ByteBuffer message() {
        return ByteBuffer.wrap(out.data(), 0, out.position());
    }
}
