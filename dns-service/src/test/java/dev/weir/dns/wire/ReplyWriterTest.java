package dev.weir.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

/** What we write, as another implementation reads it. */
class ReplyWriterTest {
    private static final DnsName NAME = DnsName.of("Web.prod.svc.cluster.local");
    private static final Edns EDNS = new Edns(4096, 0, true);

    private final ReplyWriter writer = new ReplyWriter(new Random(1), true);

    @Test
    void ownersPointToTheQuestion() {
        RrSet address = addresses(NAME, 1);

        ByteBuffer message = writer.datagram(query(null), answer(List.of(address), List.of()));

        int question = 12 + NAME.length() + 4;
        assertThat(message.remaining()).isEqualTo(question + 16);
        assertThat(message.getShort(question)).isEqualTo((short) 0xc00c);
    }

    @Test
    void theQuestionComesBackOctetByOctet() throws Exception {
        Message message = read(writer.datagram(query(null), answer(List.of(), List.of())));

        assertThat(message.getQuestion().getName().toString())
                .isEqualTo("Web.prod.svc.cluster.local.");
        assertThat(message.getHeader().getID()).isEqualTo(77);
        assertThat(message.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(message.getHeader().getFlag(Flags.RA)).isTrue();
        assertThat(message.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(message.getOPT()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 28, 29, 30, 100, 5000})
    void whatDoesNotFitIsCutWithTc(int count) throws Exception {
        Reply reply = answer(List.of(addresses(NAME, count)), List.of());

        Message plain = read(writer.datagram(query(null), reply));
        Message edns = read(writer.datagram(query(EDNS), reply));
        Message stream = read(writer.streamed(query(EDNS), reply));

        assertCut(plain, count, 512);
        assertCut(edns, count, 1232);
        assertCut(stream, count, 65_535);
    }

    private static void assertCut(Message message, int wanted, int limit) throws Exception {
        int got = message.getSection(Section.ANSWER).size();
        assertThat(message.numBytes()).isLessThanOrEqualTo(limit);
        assertThat(message.getHeader().getFlag(Flags.TC)).isEqualTo(got < wanted);
        assertThat(got == wanted || message.numBytes() + 16 > limit).as("space is used").isTrue();
    }

    @Test
    void glueGoesFirstAndSilently() throws Exception {
        List<DnsName> targets =
                IntStream.range(0, 6).mapToObj(i -> NAME.child("host-" + i)).toList();
        RrSet services =
                new RrSet(
                        NAME,
                        RecordType.SRV,
                        5,
                        targets.stream()
                                .<Rdata>map(target -> new Rdata.Srv(0, 16, 80, target))
                                .toList());
        List<RrSet> glue = targets.stream().map(target -> addresses(target, 2)).toList();

        Message message = read(writer.datagram(query(null), answer(List.of(services), glue)));

        assertThat(message.numBytes()).isLessThanOrEqualTo(512);
        assertThat(message.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(message.getSection(Section.ANSWER)).hasSize(6);
        assertThat(message.getSection(Section.ADDITIONAL).size()).isLessThan(12).isEven();
    }

    @Test
    void optIsAnsweredInKind() throws Exception {
        Reply failure = Reply.failure(Rcode.SERVFAIL, new Ede(Ede.NOT_READY, "wait"));

        Message message = read(writer.datagram(query(EDNS), failure));

        OPTRecord opt = message.getOPT();
        assertThat(opt.getPayloadSize()).isEqualTo(1232);
        assertThat(opt.getFlags()).isEqualTo(0x8000);
        assertThat(opt.getOptions()).hasSize(1);
        ExtendedErrorCodeOption why = (ExtendedErrorCodeOption) opt.getOptions().getFirst();
        assertThat(why.getErrorCode()).isEqualTo(14);
        assertThat(why.getText()).isEqualTo("wait");
    }

    @Test
    void aLargeResponseCodeTravelsInOpt() throws Exception {
        Message message = read(writer.datagram(query(EDNS), Reply.failure(Rcode.BADVERS, null)));

        assertThat(message.getRcode()).isEqualTo(16);
    }

    @Test
    void addressesStartAtARandomOne() throws Exception {
        Reply reply = answer(List.of(addresses(NAME, 3)), List.of());

        Set<String> firsts = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Message message = read(writer.datagram(query(null), reply));
            assertThat(message.getSection(Section.ANSWER)).hasSize(3);
            firsts.add(message.getSection(Section.ANSWER).getFirst().rdataToString());
        }

        assertThat(firsts).hasSize(3);
    }

    @Test
    void otherRecordsKeepTheirOrder() throws Exception {
        DnsName middle = DnsName.of("x.example.net");
        RrSet alias = RrSet.of(NAME, RecordType.CNAME, 5, new Rdata.Target(middle));

        Message message =
                read(
                        writer.datagram(
                                query(null),
                                answer(List.of(alias, addresses(middle, 2)), List.of())));

        assertThat(message.getSection(Section.ANSWER).getFirst().rdataToString())
                .isEqualTo("x.example.net.");
        assertThat(message.getSection(Section.ANSWER).get(1).getName().toString())
                .isEqualTo("x.example.net.");
    }

    @Test
    void serviceTargetsAreNotCompressed() throws Exception {
        RrSet service = RrSet.of(NAME, RecordType.SRV, 5, new Rdata.Srv(0, 100, 80, NAME));

        ByteBuffer message = writer.datagram(query(null), answer(List.of(service), List.of()));

        assertThat(message.remaining()).isEqualTo(12 + NAME.length() + 4 + 12 + 6 + NAME.length());
    }

    private static Inbound.Query query(Edns edns) {
        return new Inbound.Query(77, true, false, Question.in(NAME, RecordType.A), edns);
    }

    private static Reply answer(List<RrSet> answers, List<RrSet> glue) {
        return Reply.authoritative(Rcode.NOERROR, answers, List.of(), glue);
    }

    private static RrSet addresses(DnsName owner, int count) {
        IpAddress first = IpAddress.of("10.244.0.1");
        return new RrSet(
                owner,
                RecordType.A,
                5,
                IntStream.range(0, count).mapToObj(i -> Rdata.of(first.plus(i))).toList());
    }

    private static Message read(ByteBuffer buffer) throws Exception {
        byte[] octets = new byte[buffer.remaining()];
        buffer.get(octets);
        return new Message(octets);
    }
}
