package dev.weir.agent.l2.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.l2.wire.ArpFrame.Operation;
import dev.weir.agent.l2.wire.NeighborFrame.Type;
import dev.weir.model.IpAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final Mac MAC = new Mac(0x0200_0000_0001L);
    private static final Mac OTHER = new Mac(0x0200_0000_00feL);
    private static final IpAddress NODE = IpAddress.of("2001:db8::1");
    private static final IpAddress TARGET = IpAddress.of("2001:db8::12:3456");

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void aMacIsWrittenAsItIsRead() {
        assertThat(Mac.parse("02:00:00:00:00:fe")).hasValue(OTHER);
        assertThat(OTHER).hasToString("02:00:00:00:00:fe");
        assertThat(Mac.parse("02:00:00:00:00")).isEmpty();
    }

    @Test
    void anAnnouncementHasTheBytesOfTheStandard() {
        byte[] frame = ArpFrame.announcement(MAC, IpAddress.of("192.0.2.1")).bytes();

        assertThat(frame)
                .hasSize(60)
                .startsWith(
                        hex(
                                "ffffffffffff 020000000001 0806"
                                        + "0001 0800 06 04 0001"
                                        + "020000000001 c0000201"
                                        + "000000000000 c0000201"));
    }

    @Test
    void anArpFrameIsReadAsItWasWritten() {
        for (Operation operation : Operation.values()) {
            ArpFrame frame =
                    new ArpFrame(
                            OTHER,
                            operation,
                            MAC,
                            IpAddress.of("192.0.2.1"),
                            OTHER,
                            IpAddress.of("192.0.2.254"));

            assertThat(ArpFrame.parse(frame.bytes())).hasValue(frame);
        }
    }

    /** As tcpdump shows what Linux sends; the checksum is the kernel's. */
    @Test
    void aSolicitationOfTheKernelIsUnderstood() {
        byte[] frame =
                hex(
                        "3333ff00010102000000000486dd"
                                + "6000000000203aff"
                                + "20010db8000000000000000000000004ff0200000000000000000001ff000101"
                                + "87001a2300000000"
                                + "20010db8000000000000000000000101"
                                + "0101020000000004");

        assertThat(NeighborFrame.parse(frame))
                .hasValue(
                        NeighborFrame.question(
                                new Mac(0x0200_0000_0004L),
                                IpAddress.of("2001:db8::4"),
                                IpAddress.of("2001:db8::101")));
        assertThat(NeighborFrame.parse(frame).orElseThrow().bytes()).isEqualTo(frame);
    }

    @Test
    void aNeighborFrameIsReadAsItWasWritten() {
        for (Type type : Type.values()) {
            for (Optional<Mac> link : List.of(Optional.of(OTHER), Optional.<Mac>empty())) {
                NeighborFrame frame =
                        new NeighborFrame(
                                OTHER,
                                MAC,
                                NODE,
                                TARGET,
                                type,
                                type == Type.ADVERTISEMENT,
                                TARGET,
                                link);

                assertThat(NeighborFrame.parse(frame.bytes())).hasValue(frame);
            }
        }
    }

    @Test
    void questionsForAnAddressAreAskedInItsGroup() {
        assertThat(NeighborFrame.solicitedNode(TARGET))
                .isEqualTo(IpAddress.of("ff02::1:ff12:3456"));
        assertThat(NeighborFrame.question(MAC, NODE, TARGET).to()).hasToString("33:33:ff:12:34:56");
    }

    @Test
    void aFrameThatIsCutOrHasOneWrongBitIsNotUnderstoodAsAnother() {
        byte[] right = NeighborFrame.announcement(MAC, NODE, TARGET).bytes();
        for (int length = 0; length < right.length; length++) {
            assertThat(NeighborFrame.parse(Arrays.copyOf(right, length))).isEmpty();
        }
        int addresses = 14 + 8;
        for (int bit = addresses * 8; bit < right.length * 8; bit++) {
            byte[] wrong = right.clone();
            wrong[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(NeighborFrame.parse(wrong)).as("bit %d", bit).isEmpty();
        }
    }

    @Test
    void whatARouterPassedOnIsIgnored() {
        byte[] frame = NeighborFrame.announcement(MAC, NODE, TARGET).bytes();
        frame[14 + 7] = (byte) 254;

        assertThat(NeighborFrame.parse(frame)).isEmpty();
    }

    @Test
    void noiseIsNeverAnError() {
        for (int i = 0; i < 100_000; i++) {
            byte[] frame =
                    (random.nextBoolean()
                                    ? ArpFrame.announcement(MAC, IpAddress.of("192.0.2.1")).bytes()
                                    : NeighborFrame.announcement(MAC, NODE, TARGET).bytes())
                            .clone();
            frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
            frame = Arrays.copyOf(frame, random.nextInt(100));

            assertThat(ArpFrame.parse(frame)).as("seed %d", seed).isNotNull();
            assertThat(NeighborFrame.parse(frame)).as("seed %d", seed).isNotNull();
        }
    }

    private static Set<IpAddress> many(IpAddress first, int count) {
        return IntStream.range(0, count).mapToObj(first::plus).collect(Collectors.toSet());
    }

    @Test
    void aHeartbeatSaysWhatItsNodeOwnsHoweverMuchThatIs() {
        for (int count : new int[] {0, 1, 71, 72, 73, 1_000}) {
            Set<IpAddress> v4 = many(IpAddress.of("198.51.100.0"), count);
            Set<IpAddress> v6 = many(TARGET, count);

            List<Holdings> arp =
                    ArpFrame.heartbeat(MAC, IpAddress.of("192.0.2.1"), v4).stream()
                            .map(ArpFrame::bytes)
                            .map(bytes -> ArpFrame.parse(fitting(bytes)).orElseThrow())
                            .map(frame -> frame.holdings().orElseThrow())
                            .toList();
            List<Holdings> advertised =
                    NeighborFrame.heartbeat(MAC, NODE, v6).stream()
                            .map(NeighborFrame::bytes)
                            .map(bytes -> NeighborFrame.parse(fitting(bytes)).orElseThrow())
                            .map(frame -> frame.holdings().orElseThrow())
                            .toList();

            assertThat(whole(arp)).isEqualTo(v4);
            assertThat(whole(advertised)).isEqualTo(v6);
        }
    }

    private static byte[] fitting(byte[] frame) {
        assertThat(frame).hasSizeLessThanOrEqualTo(14 + 1280);
        return frame;
    }

    private static Set<IpAddress> whole(List<Holdings> parts) {
        for (int i = 0; i < parts.size(); i++) {
            assertThat(parts.get(i).part()).isEqualTo(i);
            assertThat(parts.get(i).last()).isEqualTo(i == parts.size() - 1);
        }
        return parts.stream()
                .flatMap(part -> part.addresses().stream())
                .collect(Collectors.toSet());
    }

    @Test
    void anAnnouncementOfAnybodyElseSaysNothingOfWhatItOwns() {
        byte[] arp = ArpFrame.announcement(MAC, IpAddress.of("192.0.2.1")).bytes();
        byte[] neighbor = NeighborFrame.announcement(MAC, NODE, NODE).bytes();

        assertThat(ArpFrame.parse(arp).orElseThrow().holdings()).isEmpty();
        assertThat(NeighborFrame.parse(neighbor).orElseThrow().holdings()).isEmpty();
    }

    @Test
    void holdingsThatAreCutOffAreNone() {
        byte[] whole =
                ArpFrame.heartbeat(
                                MAC,
                                IpAddress.of("192.0.2.1"),
                                many(IpAddress.of("198.51.100.0"), 20))
                        .getFirst()
                        .bytes();

        assertThat(ArpFrame.parse(Arrays.copyOf(whole, whole.length - 1)).orElseThrow().holdings())
                .isEmpty();
    }
}
