package dev.weir.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.Ede;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.wire.RrSet;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

@Timeout(30)
class ForwarderTest {
    private static final Question QUESTION =
            Question.in(DnsName.of("www.Example.com"), RecordType.A);
    private static final ForwarderConfig DEFAULT = ForwarderConfig.DEFAULT;
    private static final ForwarderConfig HASTY =
            new ForwarderConfig(Duration.ofMillis(200), Duration.ofMillis(800), 2);
    private static final Function<Message, List<byte[]>> SILENT = query -> List.of();
    private static final Function<Message, List<byte[]>> ANSWERING = query -> reply(query, 1);

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void relaysTheAnswer(String address) throws Exception {
        try (FakeUpstream upstream = new FakeUpstream(address, ANSWERING, SILENT)) {
            Reply reply = ask(DEFAULT, upstream.address());

            assertThat(reply.rcode()).isEqualTo(Rcode.NOERROR);
            assertThat(reply.authoritative()).isFalse();
            assertThat(reply.answers()).containsExactly(address(0));
            Message query = upstream.queries.getFirst();
            assertThat(query.getQuestion().getName().toString()).isEqualTo("www.Example.com.");
            assertThat(query.getHeader().getFlag(Flags.RD)).isTrue();
        }
    }

    @Test
    void aDeadFirstUpstreamCostsOneTryAndOnlyOnce() throws Exception {
        try (FakeUpstream dead = new FakeUpstream("127.0.0.1", SILENT, SILENT);
                FakeUpstream alive = new FakeUpstream("127.0.0.1", ANSWERING, SILENT)) {
            Forwarder forwarder = Forwarder.to(List.of(dead.address(), alive.address()), DEFAULT);

            long first = millis(() -> resolve(forwarder));
            long second = millis(() -> resolve(forwarder));

            assertThat(first).isBetween(900L, 2000L);
            assertThat(second).isLessThan(500);
            assertThat(dead.queries).hasSize(1);
        }
    }

    @Test
    void aClosedPortCostsNothing() throws Exception {
        InetSocketAddress closed;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            closed = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        try (FakeUpstream alive = new FakeUpstream("127.0.0.1", ANSWERING, SILENT)) {
            Forwarder forwarder = Forwarder.to(List.of(closed, alive.address()), DEFAULT);

            long millis = millis(() -> resolve(forwarder));

            assertThat(millis).isLessThan(900);
        }
        assertThat(ask(DEFAULT, closed).ede().code()).isEqualTo(Ede.NO_REACHABLE_AUTHORITY);
    }

    @Test
    void silenceEndsAfterTheOverallTime() throws Exception {
        try (FakeUpstream dead = new FakeUpstream("127.0.0.1", SILENT, SILENT)) {
            Forwarder forwarder = Forwarder.to(List.of(dead.address()), HASTY);

            long millis =
                    millis(
                            () -> {
                                Reply reply = resolve(forwarder);
                                assertThat(reply.rcode()).isEqualTo(Rcode.SERVFAIL);
                            });

            assertThat(millis).isBetween(700L, 2000L);
            assertThat(dead.queries).hasSizeBetween(3, 5);
        }
    }

    @Test
    void whatDidNotFitIsFetchedOverTcp() throws Exception {
        try (FakeUpstream upstream =
                new FakeUpstream(
                        "127.0.0.1",
                        query -> edited(query, 1, reply -> reply.getHeader().setFlag(Flags.TC)),
                        query -> reply(query, 300))) {
            Reply reply = ask(DEFAULT, upstream.address());

            assertThat(reply.truncated()).isFalse();
            assertThat(reply.answers()).hasSize(300);
        }
    }

    @Test
    void withoutTcpTheCutStaysMarked() throws Exception {
        try (FakeUpstream upstream =
                new FakeUpstream(
                        "127.0.0.1",
                        query -> edited(query, 1, reply -> reply.getHeader().setFlag(Flags.TC)),
                        SILENT)) {
            Reply reply = ask(DEFAULT, upstream.address());

            assertThat(reply.rcode()).isEqualTo(Rcode.NOERROR);
            assertThat(reply.truncated()).isTrue();
        }
    }

    @Test
    void forgeriesAreNotBelieved() throws Exception {
        try (FakeUpstream upstream =
                new FakeUpstream(
                        "127.0.0.1",
                        query ->
                                List.of(
                                        new byte[] {1, 2, 3},
                                        edited(query, 2, ForwarderTest::otherId).getFirst(),
                                        edited(query, 3, ForwarderTest::otherName).getFirst(),
                                        reply(query, 1).getFirst()),
                        SILENT)) {
            Reply reply = ask(DEFAULT, upstream.address());

            assertThat(reply.answers()).containsExactly(address(0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED})
    void anUpstreamThatFailsIsPassedOver(int rcode) throws Exception {
        Function<Message, List<byte[]>> failing =
                query -> edited(query, 0, reply -> reply.getHeader().setRcode(rcode));
        try (FakeUpstream bad = new FakeUpstream("127.0.0.1", failing, SILENT);
                FakeUpstream good = new FakeUpstream("127.0.0.1", ANSWERING, SILENT)) {
            Reply both = ask(DEFAULT, bad.address(), good.address());
            Reply onlyBad = ask(DEFAULT, bad.address());

            assertThat(both.rcode()).isEqualTo(Rcode.NOERROR);
            assertThat(onlyBad.rcode()).isEqualTo(rcode);
            assertThat(bad.queries).hasSize(2);
        }
    }

    @Test
    void aNegativeAnswerIsAnAnswer() throws Exception {
        Function<Message, List<byte[]>> negative =
                query -> edited(query, 0, reply -> reply.getHeader().setRcode(Rcode.NXDOMAIN));
        try (FakeUpstream first = new FakeUpstream("127.0.0.1", negative, SILENT);
                FakeUpstream second = new FakeUpstream("127.0.0.1", ANSWERING, SILENT)) {
            Reply reply = ask(DEFAULT, first.address(), second.address());

            assertThat(reply.rcode()).isEqualTo(Rcode.NXDOMAIN);
            assertThat(second.queries).isEmpty();
        }
    }

    @Test
    void idsAndPortsAreHardToGuess() throws Exception {
        try (FakeUpstream upstream = new FakeUpstream("127.0.0.1", ANSWERING, SILENT)) {
            Forwarder forwarder = Forwarder.to(List.of(upstream.address()), DEFAULT);
            HashSet<Integer> ids = new HashSet<>();

            for (int i = 0; i < 50; i++) {
                resolve(forwarder);
                ids.add(upstream.queries.getLast().getHeader().getID());
            }

            assertThat(ids).hasSizeGreaterThan(45);
            assertThat(new HashSet<>(upstream.ports)).hasSizeGreaterThan(40);
        }
    }

    @Test
    void tooManyAtOnceFailAtOnce() throws Exception {
        CountDownLatch heard = new CountDownLatch(2);
        Function<Message, List<byte[]>> counting =
                query -> {
                    heard.countDown();
                    return List.of();
                };
        try (FakeUpstream dead = new FakeUpstream("127.0.0.1", counting, SILENT)) {
            Forwarder forwarder =
                    Forwarder.to(
                            List.of(dead.address()),
                            new ForwarderConfig(Duration.ofSeconds(2), Duration.ofSeconds(2), 2));
            Thread.ofVirtual().start(() -> resolve(forwarder));
            Thread.ofVirtual().start(() -> resolve(forwarder));
            assertThat(heard.await(5, TimeUnit.SECONDS)).as("two are under way").isTrue();

            long millis =
                    millis(() -> assertThat(resolve(forwarder).rcode()).isEqualTo(Rcode.SERVFAIL));

            assertThat(millis).isLessThan(500);
        }
    }

    @Test
    void withoutUpstreamsEverythingIsRefused() {
        Forwarder forwarder = Forwarder.to(List.of(), DEFAULT);

        assertThat(forwarder.available()).isFalse();
        assertThat(resolve(forwarder).rcode()).isEqualTo(Rcode.REFUSED);
    }

    private static Reply ask(ForwarderConfig config, InetSocketAddress... upstreams) {
        return resolve(Forwarder.to(List.of(upstreams), config));
    }

    private static Reply resolve(Forwarder forwarder) {
        return forwarder.resolve(QUESTION, false, false);
    }

    private static long millis(Runnable action) {
        long start = System.nanoTime();
        action.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private static RrSet address(int index) {
        byte[] ip = {(byte) 192, 0, 2, (byte) index};
        return RrSet.of(QUESTION.name(), RecordType.A, 60, new Rdata.Opaque(ByteBuffer.wrap(ip)));
    }

    private static List<byte[]> reply(Message query, int addresses) {
        return edited(query, addresses, reply -> {});
    }

    private static List<byte[]> edited(Message query, int addresses, Consumer<Message> edit) {
        Message reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RA);
        Name name = query.getQuestion().getName();
        reply.addRecord(query.getQuestion(), Section.QUESTION);
        for (int i = 0; i < addresses; i++) {
            byte[] ip = {(byte) 192, 0, (byte) (2 + i / 256), (byte) i};
            try {
                reply.addRecord(
                        new ARecord(name, DClass.IN, 60, InetAddress.getByAddress(ip)),
                        Section.ANSWER);
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }
        edit.accept(reply);
        return List.of(reply.toWire());
    }

    private static void otherId(Message reply) {
        reply.getHeader().setID(reply.getHeader().getID() ^ 1);
    }

    private static void otherName(Message reply) {
        reply.removeAllRecords(Section.QUESTION);
        reply.addRecord(
                Record.newRecord(Name.fromConstantString("evil.example.com."), Type.A, DClass.IN),
                Section.QUESTION);
    }
}
