package dev.weir.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NftEncoderTest {
    private static final int TCP = 6;

    private static NftData service(int index) {
        byte[] address = {10, 96, (byte) (index >> 8), (byte) index};
        return NftData.builder().address(address).protocol(TCP).port(80).build();
    }

    private static NftEncoder.Encoded encode(NftBatch batch) {
        AtomicInteger sequence = new AtomicInteger();
        return NftEncoder.encode(batch, false, sequence::incrementAndGet);
    }

    @Test
    void theBytesAreThoseOfTheKernelsProtocol() throws IOException {
        Assumptions.assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "golden bytes: little endian");
        NftBatch batch =
                NftBatch.builder("weir")
                        .ifGeneration(7)
                        .add("svc4", NftElement.of(service(5), NftValue.goTo("lb4-2")))
                        .delete("gone", NftData.ofAddress(InetAddress.ofLiteral("10.1.2.3")))
                        .build();

        ByteBuffer datagram = encode(batch).datagram();

        byte[] bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        List<String> expected =
                List.of(
                        "1c000000 10000100 01000000 00000000 0000000a", // batch begin
                        "08000100 00000007", // only if generation 7
                        "64000000 0c0a0104 02000000 00000000 01000000", // new element, inet
                        "09000100 77656972 00000000", // table weir
                        "09000200 73766334 00000000", // set svc4
                        "38000380 34000180", // one element
                        "14000180 10000100 0a600005 06000000 00500000", // 10.96.0.5 . 6 . 80
                        "1c000280 18000280 08000100 fffffffc", // data, verdict, goto
                        "0a000200 6c62342d 32000000", // chain lb4-2
                        "40000000 0e0a0500 03000000 00000000 01000000", // delete, answer wanted
                        "09000100 77656972 00000000",
                        "09000200 676f6e65 00000000", // set gone
                        "14000380 10000180 0c000180 08000100 0a010203",
                        "14000000 11000100 04000000 00000000 0000000a"); // batch end
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(String.join("", expected).replace(" ", ""));
    }

    @Test
    void aTimeoutIsMillisecondsBigEndian() {
        NftElement element = NftElement.of(service(1)).expiringAfter(2_000);

        ByteBuffer datagram = encode(NftBatch.builder("t").add("s", element).build()).datagram();

        byte[] bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        assertThat(HexFormat.of().formatHex(bytes)).contains("0c00040000000000000007d0");
    }

    @Test
    void aLongListIsSplitBeforeItsLengthOverflows() {
        int count = 10_000;
        NftBatch.Builder batch = NftBatch.builder("weir");
        IntStream.range(0, count).forEach(i -> batch.add("s", NftElement.of(service(i))));

        NftEncoder.Encoded encoded = encode(batch.build());

        assertThat(encoded.messages().values())
                .hasSizeGreaterThan(1)
                .allSatisfy(
                        message ->
                                assertThat(message.offsets()[message.offsets().length - 1])
                                        .isLessThan(NftEncoder.LIST_BYTES + 100));
        assertThat(encoded.messages().values().stream().mapToInt(m -> m.commands().size()).sum())
                .isEqualTo(count);
    }

    @Test
    void anOffsetNamesTheElement() {
        NftBatch.Builder batch = NftBatch.builder("weir");
        IntStream.range(0, 3).forEach(i -> batch.add("s", NftElement.of(service(i))));

        NftEncoder.Message message = encode(batch.build()).messages().get(2);

        assertThat(message.at(message.offsets()[1])).isEqualTo(message.commands().get(1));
        assertThat(message.at(message.offsets()[1] + 4)).isEqualTo(message.commands().get(1));
        assertThat(message.at(20)).isNull();
    }

    @Test
    void onlyNeighboursOfOneKindAndSetShareAMessage() {
        NftBatch batch =
                NftBatch.builder("weir")
                        .add("a", NftElement.of(service(1)))
                        .add("a", NftElement.of(service(2)))
                        .delete("a", service(3))
                        .add("a", NftElement.of(service(4)))
                        .deleteChain("c")
                        .deleteChain("d")
                        .build();

        assertThat(encode(batch).messages()).hasSize(5);
        assertThat(NftEncoder.encode(batch, true, new AtomicInteger()::incrementAndGet).messages())
                .hasSize(6);
    }
}
