package dev.weir.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.linux.Conntrack.Family;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
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
            assertThat(conntrack.delete(family, flow -> flow.reply().from() == 9)).isZero();
            assertThat(conntrack.delete(family, flow -> flow.reply().from() == 5353)).isOne();
            assertThat(conntrack.flows(family)).noneMatch(flow -> flow.reply().from() == 5353);
        }
    }
}
