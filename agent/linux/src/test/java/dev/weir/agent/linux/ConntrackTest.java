package dev.weir.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.linux.Conntrack.Family;
import dev.weir.agent.linux.Conntrack.Filter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConntrackTest {
    private static final int UDP = 17;

    @ParameterizedTest
    @CsvSource({"IPV4, 127.0.0.9, 127.0.0.1", "IPV6, fd00::9, ::1"})
    void aTranslatedFlowIsFoundByItsEndpointAndDeleted(
            Family family, String service, String endpoint) throws Exception {
        try (TestNamespace namespace = TestNamespace.create();
                NftText text = namespace.namespace().call(NftText::open);
                Conntrack conntrack = namespace.namespace().call(Conntrack::open)) {
            if (family == Family.IPV6) {
                TestNamespace.exec(
                        "ip", "-n", namespace.name(), "addr", "add", service, "dev", "lo");
            }
            String ip = family == Family.IPV6 ? "ip6" : "ip";
            text.run(
                    "table inet t { chain out { type nat hook output priority -100; "
                            + ip
                            + " daddr "
                            + service
                            + " udp dport 53 dnat "
                            + ip
                            + " to "
                            + (family == Family.IPV6 ? "[" + endpoint + "]" : endpoint)
                            + ":5353; }; }");
            InetAddress to = InetAddress.ofLiteral(service);
            try (DatagramChannel channel =
                    namespace.namespace().call(() -> DatagramChannel.open())) {
                channel.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(to, 53));
            }

            assertThat(conntrack.flows(family))
                    .anySatisfy(
                            flow -> {
                                assertThat(flow.original().destination()).isEqualTo(to);
                                assertThat(flow.original().to()).isEqualTo(53);
                                assertThat(flow.original().protocol()).isEqualTo(UDP);
                                assertThat(flow.reply().source())
                                        .isEqualTo(InetAddress.ofLiteral(endpoint));
                                assertThat(flow.reply().from()).isEqualTo(5353);
                            });
            conntrack.mark(family, flow -> flow.reply().from() == 5353 ? 0x1234 : flow.mark());
            assertThat(conntrack.flows(family))
                    .anyMatch(flow -> flow.reply().from() == 5353 && flow.mark() == 0x1234);
            Filter tcp = new Filter.Only(6);
            Filter udp = new Filter.Only(UDP);
            Filter waiting = new Filter.Unanswered();
            assertThat(conntrack.delete(family, tcp, flow -> true)).isZero();
            assertThat(conntrack.delete(family, udp, flow -> flow.reply().from() == 9)).isZero();
            assertThat(conntrack.flows(family, waiting, flow -> true)).hasSize(1);
            assertThat(conntrack.delete(family, waiting, flow -> flow.reply().from() == 5353))
                    .isOne();
            assertThat(conntrack.flows(family)).noneMatch(flow -> flow.reply().from() == 5353);
        }
    }

    @Test
    void manyAreDeletedAtOnceButForThoseThatGotAnAnswer() throws Exception {
        try (TestNamespace namespace = TestNamespace.create();
                NftText text = namespace.namespace().call(NftText::open);
                Conntrack conntrack = namespace.namespace().call(Conntrack::open)) {
            text.run(
                    "table inet t { chain in { type filter hook input priority 0;"
                            + " ct state new udp dport 7 accept; }; }");
            InetSocketAddress to = new InetSocketAddress("127.0.0.1", 7);
            int many = 2_500;
            try (DatagramChannel server =
                    namespace.namespace().call(() -> DatagramChannel.open().bind(to))) {
                for (int i = 0; i < many; i++) {
                    int port = 10_000 + i;
                    try (DatagramChannel client =
                            namespace
                                    .namespace()
                                    .call(
                                            () ->
                                                    DatagramChannel.open()
                                                            .bind(
                                                                    new InetSocketAddress(
                                                                            "127.0.0.1", port)))) {
                        client.send(ByteBuffer.wrap(new byte[] {1}), to);
                    }
                    ByteBuffer packet = ByteBuffer.allocate(1);
                    SocketAddress from = server.receive(packet);
                    if (i == 0) {
                        server.send(packet.flip(), from);
                    }
                }
            }

            assertThat(conntrack.flows(Family.IPV4, new Filter.Unanswered(), flow -> true))
                    .hasSize(many - 1)
                    .noneMatch(Conntrack.Flow::answered);
            assertThat(conntrack.delete(Family.ANY, new Filter.Unanswered(), flow -> true))
                    .isEqualTo(many - 1);
            assertThat(conntrack.flows(Family.IPV4)).hasSizeLessThanOrEqualTo(2);
        }
    }
}
