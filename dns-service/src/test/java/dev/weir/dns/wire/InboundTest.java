package dev.weir.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

public class InboundTest {
    /** Header of a plain query with RD; then "a." A IN. */
    private static final String HEADER = "1234 0100 0001 0000 0000 0000";

    private static final String QUESTION = "01 61 00 0001 0001";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    empty                   | IGNORED |
                    eleven octets           | IGNORED | 1234 0100 0001 0000 0000 00
                    a reply                 | IGNORED | 1234 8100 0001 0000 0000 0000 01 61 00 0001 0001
                    header only             | FORMERR | 1234 0100 0001 0000 0000 0000
                    no question             | FORMERR | 1234 0100 0000 0000 0000 0000
                    two questions           | FORMERR | 1234 0100 0002 0000 0000 0000 01 61 00 0001 0001 01 61 00 0001 0001
                    with an answer          | FORMERR | 1234 0100 0001 0001 0000 0000 01 61 00 0001 0001 01 61 00 0001 0001 00000000 0004 01020304
                    name without end        | FORMERR | 1234 0100 0001 0000 0000 0000 01 61
                    no class                | FORMERR | 1234 0100 0001 0000 0000 0000 01 61 00 0001
                    pointer in the question | FORMERR | 1234 0100 0001 0000 0000 0000 c00c 0001 0001
                    label of type 01        | FORMERR | 1234 0100 0001 0000 0000 0000 41 61 00 0001 0001
                    type 0                  | FORMERR | 1234 0100 0001 0000 0000 0000 01 61 00 0000 0001
                    octets at the end       | FORMERR | 1234 0100 0001 0000 0000 0000 01 61 00 0001 0001 00
                    counted but absent OPT  | FORMERR | 1234 0100 0001 0000 0000 0001 01 61 00 0001 0001
                    OPT below a name        | FORMERR | 1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 c00c 0029 04d0 00000000 0000
                    OPT longer than packet  | FORMERR | 1234 0100 0001 0000 0000 0001 01 61 00 0001 0001 00 0029 04d0 00000000 0001
                    two OPT                 | FORMERR | 1234 0100 0001 0000 0000 0002 01 61 00 0001 0001 00 0029 04d0 00000000 0000 00 0029 04d0 00000000 0000
                    opcode STATUS           | NOTIMP  | 1234 1000 0001 0000 0000 0000 01 61 00 0001 0001
                    opcode NOTIFY           | NOTIMP  | 1234 2000 0001 0000 0000 0000 01 61 00 0006 0001
                    opcode UPDATE           | NOTIMP  | 1234 2800 0001 0000 0000 0000 01 61 00 0006 0001
                    """)
    void judgesWhatIsNoQuery(String what, String verdict, String hex) {
        byte[] message = hex(hex == null ? "" : hex);

        Inbound inbound = Inbound.parse(message, message.length);

        switch (inbound) {
            case Inbound.Ignored ignored -> assertThat(verdict).isEqualTo("IGNORED");
            case Inbound.Rejected rejected -> {
                assertThat(rejected.id()).isEqualTo(0x1234);
                assertThat(rejected.rcode())
                        .isEqualTo(verdict.equals("NOTIMP") ? Rcode.NOTIMP : Rcode.FORMERR);
            }
            case Inbound.Query query -> throw new AssertionError("accepted: " + what);
        }
    }

    @Test
    void readsAPlainQuery() {
        Inbound.Query query = accepted(HEADER + QUESTION);

        assertThat(query)
                .isEqualTo(
                        new Inbound.Query(
                                0x1234,
                                true,
                                false,
                                Question.in(DnsName.of("a"), RecordType.A),
                                null));
        assertThat(query.datagramLimit()).isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource({"0000,512", "0200,512", "04d0,1232", "0400,1024", "ffff,1232"})
    void neverExceedsWhatBothSidesCanTake(String advertised, int limit) {
        String opt = "00 0029 " + advertised + " 00000000 0000";

        Inbound.Query query = accepted(HEADER.replaceAll("0000$", "0001") + QUESTION + opt);

        assertThat(query.datagramLimit()).isEqualTo(limit);
    }

    @Test
    void readsOverUnknownOptionsFlagsAndRecords() {
        String txtBefore = "01 62 00 0010 0001 00000000 0002 0161";
        String optWithCookie = "00 0029 04d0 0000ffff 000c 000a 0008 0102030405060708";

        Inbound.Query query =
                accepted(HEADER.replaceAll("0000$", "0002") + QUESTION + txtBefore + optWithCookie);

        assertThat(query.edns()).isEqualTo(new Edns(1232, 0, true));
    }

    @Test
    void keepsTheCaseOfTheName() {
        Inbound.Query query = accepted(HEADER + "02 4162 00 0001 0001");

        assertThat(query.question().name().toString()).isEqualTo("Ab.");
        assertThat(query.question().name()).isEqualTo(DnsName.of("aB"));
    }

    @Test
    void anyOctetsGiveAValue() throws Exception {
        long seed = 20_240_611;
        Random random = new Random(seed);
        byte[] valid =
                Message.newQuery(
                                Record.newRecord(
                                        Name.fromString("www.example.com."), Type.A, DClass.IN))
                        .toWire();
        int queries = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] mutant = mutate(valid, random);
            if (Inbound.parse(mutant, mutant.length) instanceof Inbound.Query) {
                queries++;
            }
        }
        assertThat(queries).as("accepted, seed %d", seed).isBetween(1, 199_999);
    }

    /** A message with some octets changed, inserted or cut off. */
    public static byte[] mutate(byte[] message, Random random) {
        byte[] mutant = message.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        }
        int length = random.nextInt(3) == 0 ? random.nextInt(mutant.length + 40) : mutant.length;
        byte[] cut = new byte[length];
        random.nextBytes(cut);
        System.arraycopy(mutant, 0, cut, 0, Math.min(length, mutant.length));
        return cut;
    }

    private static Inbound.Query accepted(String hex) {
        byte[] message = hex(hex);
        return (Inbound.Query) Inbound.parse(message, message.length);
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
