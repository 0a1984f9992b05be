package dev.weir.dns.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One question to another server, and how to tell its reply from a forgery.
 *
 * @param id unpredictable, 0 to 65535
 * @param dnssecOk ask for signatures
 */
public record Exchange(int id, Question question, boolean checkingDisabled, boolean dnssecOk) {

    /** The query: recursion desired, EDNS with our datagram size. */
    public byte[] query() {
        MessageWriter out = new MessageWriter();
        out.u16(id);
        out.u16(Header.RD | (checkingDisabled ? Header.CD : 0));
        out.u16(1);
        out.u32(0);
        out.u16(1);
        out.plainName(question.name());
        out.u16(question.type());
        out.u16(question.dnsClass());
        out.u8(0);
        out.u16(RecordType.OPT);
        out.u16(Edns.UDP_SIZE);
        out.u32(dnssecOk ? 0x8000 : 0);
        out.u16(0);
        byte[] query = new byte[out.position()];
        System.arraycopy(out.data(), 0, query, 0, query.length);
        return query;
    }

    /** The reply, if these octets are one to this query: its id, and its question, echoed. */
    public Optional<Reply> match(byte[] data, int length) {
        try {
            return reply(new MessageReader(data, length));
        } catch (MalformedMessage e) {
            return Optional.empty();
        }
    }

    private Optional<Reply> reply(MessageReader reader) throws MalformedMessage {
        boolean sameId = reader.u16() == id;
        int flags = reader.u16();
        if (!sameId || (flags & Header.QR) == 0 || reader.u16() != 1) {
            return Optional.empty();
        }
        int answers = reader.u16();
        int authority = reader.u16();
        int additional = reader.u16();
        if (!reader.question().equals(question)) {
            return Optional.empty();
        }
        boolean truncated = (flags & Header.TC) != 0;
        if (truncated) {
            // Its sections may end anywhere; whoever wants them asks again over TCP.
            return Optional.of(of(flags, List.of(), List.of(), List.of()));
        }
        return Optional.of(
                of(
                        flags,
                        records(reader, answers),
                        records(reader, authority),
                        records(reader, additional)));
    }

    private static Reply of(
            int flags, List<RrSet> answers, List<RrSet> authority, List<RrSet> additional) {
        return new Reply(
                flags & 0xf,
                false,
                (flags & Header.AD) != 0,
                (flags & Header.TC) != 0,
                answers,
                authority,
                additional,
                null);
    }

    /** Each record as a set of its own: their order is the upstream's affair. OPT is hop by hop. */
    private static List<RrSet> records(MessageReader reader, int count) throws MalformedMessage {
        List<RrSet> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MessageReader.Entry entry = reader.entry();
            if (entry.type() != RecordType.OPT && entry.dnsClass() == Question.CLASS_IN) {
                records.add(RrSet.of(entry.owner(), entry.type(), entry.ttl(), entry.data()));
            }
        }
        return records;
    }
}
