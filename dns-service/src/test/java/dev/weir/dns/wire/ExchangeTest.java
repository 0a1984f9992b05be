package dev.weir.dns.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ExchangeTest {
    private static final Question QUESTION =
            Question.in(DnsName.of("www.example.com"), RecordType.A);
    private static final Exchange EXCHANGE = new Exchange(4711, QUESTION, false, true);

    @Test
    void theQueryIsWhatItSays() throws Exception {
        Message query = new Message(EXCHANGE.query());

        assertThat(query.getHeader().getID()).isEqualTo(4711);
        assertThat(query.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(query.getQuestion())
                .isEqualTo(
                        Record.newRecord(Name.fromString("www.example.com."), Type.A, DClass.IN));
        assertThat(query.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(query.getOPT().getFlags()).isEqualTo(0x8000);
    }

    /** Records of every type with names that senders compress go through us unchanged. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "www.example.com. 60 IN A 192.0.2.1",
                "www.example.com. 60 IN AAAA 2001:db8::1",
                "www.example.com. 60 IN CNAME cdn.www.example.com.",
                "www.example.com. 60 IN MX 10 mail.example.com.",
                "www.example.com. 60 IN NS ns1.example.com.",
                "www.example.com. 60 IN SRV 1 2 3 target.www.example.com.",
                "www.example.com. 60 IN SOA ns1.example.com. admin.example.com. 1 2 3 4 5",
                "www.example.com. 60 IN TXT \"hello\" \"world\"",
                "www.example.com. 60 IN DNAME example.com.",
                "www.example.com. 60 IN RP a.example.com. b.example.com.",
                "www.example.com. 60 IN KX 1 kx.example.com.",
                "www.example.com. 60 IN CAA 0 issue \"ca.example.com\"",
                "www.example.com. 60 IN HTTPS 1 . alpn=h2",
                "www.example.com. 60 IN SSHFP 1 1 00112233445566778899AABBCCDDEEFF00112233"
            })
    void recordsPassThrough(String line) throws Exception {
        Record record = parse(line);
        Message upstream = replyWith(record);

        Reply reply = match(upstream.toWire()).orElseThrow();

        Inbound.Query query = new Inbound.Query(1, true, false, QUESTION, EDNS);
        ByteBuffer written = new ReplyWriter(new Random(1), true).datagram(query, reply);
        byte[] octets = new byte[written.remaining()];
        written.get(octets);
        assertThat(new Message(octets).getSection(Section.ANSWER)).containsExactly(record);
    }

    private static final Edns EDNS = new Edns(1232, 0, false);

    @Test
    void aTruncatedReplyIsOnlyThat() throws Exception {
        Message upstream = replyWith(parse("www.example.com. 60 IN A 192.0.2.1"));
        upstream.getHeader().setFlag(Flags.TC);
        byte[] octets = upstream.toWire();
        octets[7] = 99; // counts more answers than there are

        Reply reply = match(octets).orElseThrow();

        assertThat(reply.truncated()).isTrue();
        assertThat(reply.answers()).isEmpty();
    }

    @Test
    void repliesToSomethingElseAreNotMatched() throws Exception {
        byte[] good = replyWith(parse("www.example.com. 60 IN A 192.0.2.1")).toWire();
        byte[] otherId = good.clone();
        otherId[1]++;
        byte[] otherName = good.clone();
        otherName[13] = 'v';
        byte[] aQuery = good.clone();
        aQuery[2] &= 0x7f;
        byte[] cut = Arrays.copyOf(good, good.length - 1);

        assertThat(match(good)).isPresent();
        assertThat(List.of(otherId, otherName, aQuery, cut, new byte[0]))
                .allSatisfy(octets -> assertThat(match(octets)).isEmpty());
    }

    @Test
    void pointersCannotLoop() throws Exception {
        byte[] octets = replyWith(parse("www.example.com. 60 IN A 192.0.2.1")).toWire();
        int owner = 12 + QUESTION.name().length() + 4;
        octets[owner] = (byte) 0xc0;
        octets[owner + 1] = (byte) owner;

        assertThat(match(octets)).isEmpty();
    }

    @Test
    void anyOctetsGiveAValue() throws Exception {
        long seed = 99;
        Random random = new Random(seed);
        byte[] valid =
                replyWith(
                                parse("www.example.com. 60 IN CNAME cdn.www.example.com."),
                                parse("cdn.www.example.com. 60 IN MX 10 mail.example.com."),
                                parse("mail.example.com. 60 IN SRV 1 2 3 www.example.com."))
                        .toWire();
        int matched = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] mutant = InboundTest.mutate(valid, random);
            matched += match(mutant).isPresent() ? 1 : 0;
        }
        assertThat(matched).as("matched, seed %d", seed).isBetween(1, 99_999);
    }

    private static Optional<Reply> match(byte[] octets) {
        return EXCHANGE.match(octets, octets.length);
    }

    private static Record parse(String line) throws Exception {
        try (Master master = new Master(new ByteArrayInputStream(line.getBytes(UTF_8)))) {
            return master.nextRecord();
        }
    }

    private static Message replyWith(Record... records) throws Exception {
        Message message = new Message(EXCHANGE.query());
        message.getHeader().setFlag(Flags.QR);
        for (Record record : records) {
            message.addRecord(record, Section.ANSWER);
        }
        return message;
    }
}
