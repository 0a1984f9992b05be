package dev.weir.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.linux.PacketSocket.Protocol;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The two ends of a veth pair in one namespace. */
class PacketSocketTest {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final String ETHERNET = "ffffffffffff" + "020000000001";

    private static int index(TestNamespace in, String link) throws Exception {
        try (Rtnetlink rtnetlink = in.namespace().call(Rtnetlink::open)) {
            return rtnetlink.links().stream()
                    .filter(found -> found.name().equals(link))
                    .findFirst()
                    .orElseThrow()
                    .index();
        }
    }

    private static TestNamespace wire() throws IOException, InterruptedException {
        TestNamespace at = TestNamespace.create();
        String ip = "ip -n " + at.name() + " ";
        TestNamespace.exec((ip + "link add left type veth peer name right").split(" "));
        for (String end : List.of("left", "right")) {
            // Without addresses of its own the kernel says nothing in between.
            TestNamespace.exec((ip + "link set " + end + " addrgenmode none up").split(" "));
        }
        return at;
    }

    private static PacketSocket open(TestNamespace in, String link, Protocol protocol)
            throws Exception {
        int index = index(in, link);
        return in.namespace().call(() -> PacketSocket.open(index, protocol, WAIT));
    }

    /** An Ethernet frame of 60 bytes that begins so. */
    private static byte[] frame(String hex) {
        return Arrays.copyOf(HexFormat.of().parseHex(hex), 60);
    }

    /** IPv6 with this next header, and this first byte of what follows. */
    private static byte[] ipv6(int nextHeader, int type) {
        byte[] frame = frame(ETHERNET + "86dd" + "6000");
        frame[20] = (byte) nextHeader;
        frame[54] = (byte) type;
        return frame;
    }

    @Test
    void aFrameOfItsProtocolArrivesWhole() throws Exception {
        try (TestNamespace at = wire();
                PacketSocket a = open(at, "left", Protocol.ARP);
                PacketSocket b = open(at, "right", Protocol.ARP)) {
            byte[] frame = frame(ETHERNET + "0806" + "0001080006040001");

            a.send(frame);

            assertThat(b.receive()).hasValue(frame);
        }
    }

    @Test
    void nothingElseArrives() throws Exception {
        try (TestNamespace at = wire();
                PacketSocket a = open(at, "left", Protocol.ARP);
                PacketSocket b = open(at, "right", Protocol.NEIGHBOR_DISCOVERY)) {
            byte[] solicitation = ipv6(58, 135);
            byte[] advertisement = ipv6(58, 136);

            a.send(ipv6(58, 134)); // a router's
            a.send(ipv6(17, 135)); // UDP
            a.send(frame(ETHERNET + "0806"));
            a.send(solicitation);
            a.send(advertisement);

            assertThat(b.receive()).hasValue(solicitation);
            assertThat(b.receive()).hasValue(advertisement);
        }
    }

    @Test
    void aWaitEnds() throws Exception {
        try (TestNamespace at = wire();
                PacketSocket a = open(at, "left", Protocol.ARP)) {
            assertThat(a.receive()).isEmpty();
        }
    }

    @Test
    void anInterfaceThatGoesAwayIsAnError() throws Exception {
        try (TestNamespace at = wire();
                PacketSocket a = open(at, "left", Protocol.ARP)) {
            TestNamespace.exec("ip", "-n", at.name(), "link", "del", "left");

            assertThatThrownBy(a::receive)
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("ENETDOWN");
        }
    }

    @Test
    void aMembershipLastsUntilItIsClosed() throws Exception {
        try (TestNamespace at = wire()) {
            int a = index(at, "left");
            Inet6Address group = (Inet6Address) InetAddress.getByName("ff02::1:ff00:1234");

            try (MulticastMembership membership =
                    at.namespace().call(() -> MulticastMembership.join(group, a))) {
                assertThat(groups(at)).contains("ff02::1:ff00:1234");
            }

            assertThat(groups(at)).doesNotContain("ff02::1:ff00:1234");
        }
    }

    private static String groups(TestNamespace at) throws IOException, InterruptedException {
        return TestNamespace.exec("ip", "-n", at.name(), "maddress", "show", "dev", "left");
    }
}
