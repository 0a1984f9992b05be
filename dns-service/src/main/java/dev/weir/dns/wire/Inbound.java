package dev.weir.dns.wire;

import org.jspecify.annotations.Nullable;

/**
 * What a datagram or frame that came in turned out to be. Total: any octets give a value.
 *
 * <p>Strict where a lenient parser would guess: one question, no compression in it, no answers, at
 * most one OPT at the root, nothing behind the last record.
 */
public sealed interface Inbound {

    /**
     * Not worth a reply: too short to have an id, or itself a reply (answering would make loops).
     */
    enum Ignored implements Inbound {
        NOT_A_QUERY
    }

    /**
     * Answered with a bare header, since there is no trustworthy question to echo.
     *
     * @param opcode 0 to 15, echoed
     */
    record Rejected(int id, int opcode, boolean recursionDesired, int rcode) implements Inbound {}

    /**
     * A well-formed query.
     *
     * @param edns null: the asker does not speak EDNS
     */
    record Query(
            int id,
            boolean recursionDesired,
            boolean checkingDisabled,
            Question question,
            @Nullable Edns edns)
            implements Inbound {

        /**
         * Most octets that one datagram to this asker may have (RFC 1035 4.2.1, RFC 6891 6.2.3).
         */
        public int datagramLimit() {
            return edns == null
                    ? Header.MIN_DATAGRAM
                    : Math.clamp(edns.udpSize(), Header.MIN_DATAGRAM, Edns.UDP_SIZE);
        }
    }

    /**
     * Parses one message.
     *
     * @param length octets of {@code data} that are the message
     */
    static Inbound parse(byte[] data, int length) {
        if (length < MessageReader.HEADER_OCTETS || (data[2] & 0x80) != 0) {
            return Ignored.NOT_A_QUERY;
        }
        int id = (data[0] & 0xff) << 8 | (data[1] & 0xff);
        int opcode = data[2] >> 3 & 0xf;
        boolean recursionDesired = (data[2] & 1) != 0;
        if (opcode != 0) {
            return new Rejected(id, opcode, recursionDesired, Rcode.NOTIMP);
        }
        try {
            return query(id, recursionDesired, new MessageReader(data, length));
        } catch (MalformedMessage e) {
            return new Rejected(id, opcode, recursionDesired, Rcode.FORMERR);
        }
    }

    private static Query query(int id, boolean recursionDesired, MessageReader reader)
            throws MalformedMessage {
        reader.skip(2);
        boolean checkingDisabled = (reader.u16() & Header.CD) != 0;
        int questions = reader.u16();
        int answers = reader.u16();
        int authority = reader.u16();
        int additional = reader.u16();
        if (questions != 1 || answers != 0) {
            throw new MalformedMessage("sections");
        }
        Question question = reader.question();
        if (question.type() == 0) {
            throw new MalformedMessage("type");
        }
        // IXFR carries its SOA here (RFC 1995); read over.
        for (int i = 0; i < authority; i++) {
            reader.entry();
        }
        Edns edns = null;
        for (int i = 0; i < additional; i++) {
            MessageReader.Entry entry = reader.entry();
            if (entry.type() == RecordType.OPT) {
                if (edns != null || !entry.owner().isRoot()) {
                    throw new MalformedMessage("OPT");
                }
                edns = edns(entry);
            }
        }
        if (!reader.atEnd()) {
            throw new MalformedMessage("octets behind the message");
        }
        return new Query(id, recursionDesired, checkingDisabled, question, edns);
    }

    /**
     * RFC 6891 section 6.1.3: the class is the size; the TTL holds extended rcode, version, flags.
     */
    private static Edns edns(MessageReader.Entry opt) {
        return new Edns(opt.dnsClass(), opt.ttl() >>> 16 & 0xff, (opt.ttl() & 0x8000) != 0);
    }
}
