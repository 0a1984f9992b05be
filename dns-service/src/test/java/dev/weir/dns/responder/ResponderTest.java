package dev.weir.dns.responder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.InboundTest;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.wire.RrSet;
import dev.weir.dns.zone.DnsEndpoint;
import dev.weir.dns.zone.DnsService;
import dev.weir.dns.zone.SampleZone;
import dev.weir.dns.zone.Zone;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ResponderTest {
    private Served served;

    @BeforeEach
    void open() throws IOException {
        served = new Served();
    }

    @AfterEach
    void close() {
        served.close();
    }

    @ParameterizedTest(name = "IPv6 {0}, TCP {1}")
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void answersOnBothFamiliesAndTransports(boolean v6, boolean tcp) throws Exception {
        InetSocketAddress server = v6 ? served.v6() : served.v4();

        Message reply = Served.ask(server, tcp, Served.query("v4.prod.svc.cluster.local", "A"));

        assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(reply.getSection(Section.ANSWER))
                .extracting(Record::rdataToString)
                .containsExactly("10.96.0.1");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "dns-version.cluster.local, TXT, 0, '\"1.1.0\"'",
        "cluster.local, SOA, 0, ns.dns.cluster.local. hostmaster.cluster.local. 7 7200 1800 86400"
                + " 5",
        "cluster.local, NS, 0, ns.dns.cluster.local.",
        "v6.prod.svc.cluster.local, AAAA, 0, fd00:10:96:0:0:0:0:1",
        "_http._tcp.v4.prod.svc.cluster.local, SRV, 0, 0 100 80 v4.prod.svc.cluster.local.",
        "1.0.96.10.in-addr.arpa, PTR, 0, v4.prod.svc.cluster.local.",
        "in.prod.svc.cluster.local, CNAME, 0, v4.prod.svc.cluster.local.",
        "v4.prod.svc.cluster.local, AAAA, 0,",
        "absent.prod.svc.cluster.local, A, 3,",
        "down.prod.svc.cluster.local, A, 3,",
        "example.com, A, 5,"
    })
    void anotherImplementationReadsTheAnswers(String name, String type, int rcode, String data)
            throws Exception {
        Message reply = served.ask(name, type);

        assertThat(reply.getRcode()).isEqualTo(rcode);
        assertThat(reply.getSection(Section.ANSWER))
                .extracting(Record::rdataToString)
                .isEqualTo(data == null ? List.of() : List.of(data));
        boolean negative = data == null && rcode != Rcode.REFUSED;
        assertThat(reply.getSection(Section.AUTHORITY)).hasSize(negative ? 1 : 0);
        assertThat(reply.getOPT()).isNull();
    }

    @Test
    void theQuestionComesBackOctetByOctet() throws Exception {
        byte[] query = Served.query("V4.pRoD.sVc.ClUsTeR.lOcAl", "A").toWire();

        byte[] reply = exchange(query);

        assertThat(Arrays.copyOfRange(reply, 12, query.length))
                .isEqualTo(Arrays.copyOfRange(query, 12, query.length));
        assertThat(new Message(reply).getSection(Section.ANSWER)).hasSize(1);
    }

    @Test
    void optIsEchoedWithoutWhatWeDoNotKnow() throws Exception {
        Message query = Served.query("v4.prod.svc.cluster.local", "A");
        GenericEDNSOption cookie = new GenericEDNSOption(10, new byte[8]);
        query.addRecord(new OPTRecord(4096, 0, 0, 0xffff, List.of(cookie)), Section.ADDITIONAL);

        OPTRecord opt = Served.ask(served.v4(), false, query).getOPT();

        assertThat(opt.getPayloadSize()).isEqualTo(1232);
        assertThat(opt.getVersion()).isZero();
        assertThat(opt.getFlags()).isEqualTo(0x8000);
        assertThat(opt.getOptions()).isEmpty();
    }

    @Test
    void anotherEdnsVersionIsRefused() throws Exception {
        Message query = Served.query("v4.prod.svc.cluster.local", "A");
        query.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);

        Message reply = Served.ask(served.v4(), false, query);

        assertThat(reply.getRcode()).isEqualTo(Rcode.BADVERS);
        assertThat(reply.getOPT().getVersion()).isZero();
        assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "A, CH, REFUSED",
        "A, ANY, REFUSED",
        "AXFR, IN, REFUSED",
        "IXFR, IN, REFUSED",
        "TKEY, IN, NOTIMP",
        "MAILB, IN, NOTIMP"
    })
    void whatWeDoNotDoIsSaid(String type, String dnsClass, String rcode) throws Exception {
        Message query =
                Message.newQuery(
                        Record.newRecord(
                                Name.fromString("cluster.local."),
                                Type.value(type),
                                DClass.value(dnsClass)));

        Message reply = new Message(exchange(query.toWire()));

        assertThat(org.xbill.DNS.Rcode.string(reply.getRcode())).isEqualTo(rcode);
        assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    }

    @Test
    void updatesAreNotImplemented() throws Exception {
        Message update = Served.query("cluster.local", "SOA");
        update.getHeader().setOpcode(Opcode.UPDATE);

        Message reply = new Message(exchange(update.toWire()));

        assertThat(reply.getRcode()).isEqualTo(Rcode.NOTIMP);
        assertThat(reply.getHeader().getOpcode()).isEqualTo(Opcode.UPDATE);
    }

    @Test
    void aLongAnswerIsCutOverUdpAndWholeOverTcp() throws Exception {
        serveEndpoints(200);
        Message query = Served.query("many.prod.svc.cluster.local", "A");

        Message cut = Served.ask(served.v4(), false, query);
        Message whole = Served.ask(served.v4(), true, query);

        assertThat(cut.numBytes()).isLessThanOrEqualTo(512);
        assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(cut.getSection(Section.ANSWER)).hasSize(29);
        assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(whole.getSection(Section.ANSWER)).hasSize(200);
        assertThat(served.responder.counters().truncated()).isEqualTo(1);
    }

    @Test
    void whatNoMessageCanHoldIsCutOverTcpToo() throws Exception {
        serveEndpoints(5000);

        Message reply =
                Served.ask(served.v4(), true, Served.query("many.prod.svc.cluster.local", "A"));

        assertThat(reply.numBytes()).isBetween(65_000, 65_535);
        assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    }

    @Test
    void addressesTakeTurns() throws Exception {
        Set<String> firsts = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            Message reply = served.ask("set.prod.svc.cluster.local", "A");
            firsts.add(reply.getSection(Section.ANSWER).getFirst().rdataToString());
        }

        assertThat(firsts).containsExactlyInAnyOrder("10.244.0.2", "10.244.0.3");
    }

    @Test
    void aNewZoneAnswersFromTheNextQueryOn() throws Exception {
        Message before = served.ask("fresh.prod.svc.cluster.local", "A");

        served.zone.updateAndGet(
                zone ->
                        zone.apply(
                                SampleZone.puts(
                                        List.of(SampleZone.cluster("fresh", List.of("10.96.1.1")))),
                                8));

        assertThat(before.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(served.ask("fresh.prod.svc.cluster.local", "A").getRcode())
                .isEqualTo(Rcode.NOERROR);
    }

    @Test
    void beforeTheFirstSyncTheReasonIsGiven() throws Exception {
        served.zone.set(Zone.EMPTY);
        Message query = Served.query("v4.prod.svc.cluster.local", "A");
        query.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);

        Message reply = Served.ask(served.v4(), false, query);

        assertThat(reply.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(reply.getOPT().getOptions())
                .extracting(option -> ((ExtendedErrorCodeOption) option).getErrorCode())
                .containsExactly(14);
    }

    @Test
    void malformedDatagramsHarmNothing() throws Exception {
        long seed = 7;
        Random random = new Random(seed);
        byte[] valid = Served.query("v4.prod.svc.cluster.local", "A").toWire();
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 10_000; i++) {
                byte[] mutant = InboundTest.mutate(valid, random);
                socket.send(new DatagramPacket(mutant, mutant.length, served.v4()));
                if (i % 50 == 0) {
                    // Keeps pace, and shows that it still answers.
                    assertThat(served.ask("v4.prod.svc.cluster.local", "A").getRcode())
                            .as("seed %d, packet %d", seed, i)
                            .isEqualTo(Rcode.NOERROR);
                }
            }
        }

        assertThat(served.ask("v4.prod.svc.cluster.local", "A").getRcode()).isZero();
        assertThat(served.responder.counters().faults()).isZero();
        assertThat(served.responder.counters().replies()).containsKey(Rcode.FORMERR);
        assertThat(served.responder.counters().ignored()).isPositive();
    }

    @Test
    void ourOwnFaultIsAnswered() throws Exception {
        Forwarder broken =
                outside(
                        () -> {
                            throw new IllegalStateException("on purpose");
                        });
        try (Served faulty = new Served(broken, ResponderConfig.DEFAULT)) {
            Message reply = faulty.ask("example.com", "A");

            assertThat(reply.getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(faulty.responder.counters().faults()).isEqualTo(1);
            assertThat(faulty.ask("v4.prod.svc.cluster.local", "A").getRcode()).isZero();
        }
    }

    @Test
    void aliasesOutOfTheZoneAreFollowed() throws Exception {
        DnsName target = DnsName.of("www.example.net");
        RrSet address = RrSet.of(target, RecordType.A, 60, new Rdata.A(0xc0000201));
        List<RrSet> answers = List.of(address);
        Reply reply = new Reply(0, false, true, false, answers, List.of(), List.of(), null);
        try (Served forwarding = new Served(outside(() -> reply), ResponderConfig.DEFAULT)) {
            Message whole = forwarding.ask("out.prod.svc.cluster.local", "A");

            assertThat(whole.getSection(Section.ANSWER))
                    .extracting(Record::rdataToString)
                    .containsExactly("www.Example.net.", "192.0.2.1");
            assertThat(forwarding.responder.counters().forwarded()).isEqualTo(1);
            assertThat(forwarding.ask("absent.cluster.local", "A").getRcode()).isEqualTo(3);
            assertThat(forwarding.responder.counters().forwarded()).isEqualTo(1);
        }
    }

    @Test
    void closingFreesThePort() throws Exception {
        InetSocketAddress address = served.v4();

        served.close();

        try (DatagramSocket udp = new DatagramSocket(address)) {
            assertThat(udp.isBound()).isTrue();
        }
    }

    private void serveEndpoints(int count) {
        DnsEndpoint[] endpoints =
                IntStream.range(0, count)
                        .mapToObj(i -> "10.244.%d.%d".formatted(i / 250, 1 + i % 250))
                        .map(ip -> SampleZone.endpoint(null, ip, true))
                        .toArray(DnsEndpoint[]::new);
        List<DnsService> services = List.of(SampleZone.headless("many", endpoints));
        served.zone.updateAndGet(zone -> zone.apply(SampleZone.puts(services), 9));
    }

    /** Stands in for the outside world. */
    private static Forwarder outside(Supplier<Reply> reply) {
        return new Forwarder() {
            @Override
            public Reply resolve(Question question, boolean cd, boolean dnssecOk) {
                return reply.get();
            }

            @Override
            public boolean available() {
                return true;
            }
        };
    }

    private byte[] exchange(byte[] query) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout((int) Served.PATIENCE.toMillis());
            socket.send(new DatagramPacket(query, query.length, served.v4()));
            DatagramPacket reply = new DatagramPacket(new byte[4096], 4096);
            socket.receive(reply);
            return Arrays.copyOf(reply.getData(), reply.getLength());
        }
    }
}
