package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Images.vip;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static dev.weir.agent.nft.Lab.Place.OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.nft.Lab.Place;
import dev.weir.agent.spi.Traffic;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets and bytes of Services, with real packets of known sizes. */
class MetersTest extends TrafficTest {
    /** Of the UDP header and what {@link Lab#ask} sends. */
    private static final int QUESTION = 8 + 1;

    private static final int CONNECTIONS = 3;
    private static final int QUESTIONS = 4;

    @BeforeEach
    @Override
    void open() {
        open(true);
    }

    private void open(boolean counts) {
        plane =
                NftDataPlaneProvider.open(
                        Images.SETTINGS.countingTraffic(counts), lab.namespace(NODE));
    }

    private Traffic of(Frontend frontend) {
        return plane.traffic().stream()
                .filter(traffic -> traffic.frontend().equals(frontend))
                .findFirst()
                .orElseThrow();
    }

    private static int ipHeader(boolean v6) {
        return v6 ? 40 : 20;
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                        List.of(A, B),
                        List.of(A, A),
                        List.of(A, NODE),
                        List.of(A, OUT),
                        List.of(NODE, B),
                        List.of(NODE, NODE),
                        List.of(NODE, OUT),
                        List.of(OUT, A))
                .flatMap(
                        way ->
                                Stream.of(false, true)
                                        .map(v6 -> Arguments.of(way.get(0), way.get(1), v6)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void eachPacketOfEitherDirectionCountsOnce(Place from, Place to, boolean v6) throws Exception {
        Frontend udp = frontend(vip(v6, 1), Protocol.UDP, 53);
        Frontend other = frontend(vip(v6, 1), Protocol.UDP, 54);
        Images.withPods()
                .service(udp, backend(to, v6, 8080))
                .service(other, backend(to, v6, 8080))
                .applyTo(plane);

        int bytes = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            try (DatagramSocket socket = lab.namespace(from).call(() -> new DatagramSocket())) {
                for (int j = 0; j < QUESTIONS; j++) {
                    String answer = Lab.ask(socket, udp.address(), 53);
                    assertThat(answer).startsWith(to + " ");
                    int line = (answer + "\n").getBytes(StandardCharsets.UTF_8).length;
                    bytes += 2 * ipHeader(v6) + QUESTION + 8 + line;
                }
            }
        }

        assertThat(of(udp))
                .isEqualTo(new Traffic(udp, CONNECTIONS, 0, 2 * CONNECTIONS * QUESTIONS, bytes));
        assertThat(of(other)).isEqualTo(new Traffic(other, 0, 0, 0, 0));
        assertThat(plane.verify()).isEmpty();
    }

    /** Packets made by hand, of 20 bytes of one chunk after 12 of the common header. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sctpCountsAsWell(boolean v6) throws Exception {
        Frontend sctp = frontend(vip(v6, 70), Protocol.SCTP, 3_868);
        Images.withPods().service(sctp, backend(B, v6, 2_905)).applyTo(plane);
        IpAddress a = A.address(v6);
        IpAddress b = B.address(v6);
        try (RawSctp client =
                        lab.namespace(A).call(() -> RawSctp.between(a, sctp.address(), 1_000));
                RawSctp server = lab.namespace(B).call(() -> RawSctp.between(b, a, 1_000))) {
            client.send(40_002, 3_868, 0, RawSctp.INIT, 1);
            RawSctp.Packet init = server.receive().orElseThrow();
            server.send(2_905, init.sourcePort(), 1, RawSctp.INIT_ACK, 2);
            assertThat(client.receive()).isPresent();
        }

        assertThat(of(sctp)).isEqualTo(new Traffic(sctp, 1, 0, 2, 2 * (ipHeader(v6) + 12 + 20)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsRefusedOrGoesToNoServiceHasNoPackets(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 8080);
        Frontend mine = frontend(B.address(v6), Protocol.TCP, 8081);
        Images images = Images.withPods().service(tcp).service(mine, backend(B, v6, 8081));
        images.applyTo(plane);

        assertThat(lab.tcp(A, tcp.address(), 8080)).isEqualTo(Lab.REFUSED);
        assertThat(lab.tcp(A, B.address(v6), 8080)).isEqualTo("B " + A.address(v6));

        assertThat(plane.traffic())
                .containsExactlyInAnyOrder(
                        new Traffic(tcp, 0, 1, 0, 0), new Traffic(mine, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changesAndRestartsForgetNoPackets(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images images =
                Images.withPods()
                        .service(tcp, backend(B, v6, 8080))
                        .service(tcp.of(Clients.OWN), Handling.PLAIN, backend(B, v6, 8080));
        images.applyTo(plane);
        try (Lab.Connection connection = lab.connect(OUT, tcp.address(), 80)) {
            assertThat(connection.echoes()).isTrue();
            long before = of(tcp).packets();
            assertThat(before).isGreaterThanOrEqualTo(6);

            images.service(tcp, backend(A, v6, 8080), backend(B, v6, 8080)).applyTo(plane);
            assertThat(connection.echoes()).isTrue();
            assertThat(of(tcp).packets()).isGreaterThanOrEqualTo(before + 2);
            before = of(tcp).packets();
            plane.close();
            open(true);
            images.applyTo(plane);
            assertThat(connection.echoes()).isTrue();
            assertThat(of(tcp).packets()).isGreaterThanOrEqualTo(before + 2);
        }
        long before = of(tcp).packets();
        assertThat(lab.tcp(NODE, tcp.address(), 80)).startsWith("B ");
        assertThat(of(tcp.of(Clients.OWN)).packets()).as("told once").isZero();
        assertThat(of(tcp).packets()).isGreaterThanOrEqualTo(before + 6);

        images.withoutService(tcp.of(Clients.OWN)).applyTo(plane);
        assertThat(of(tcp).packets()).isPositive();
        images.withoutService(tcp).applyTo(plane);
        assertThat(lab.nft("list", "set", "inet", "weir", v6 ? "traffic6" : "traffic4"))
                .doesNotContain("elements");
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatSomebodyTookAwayIsMended(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images.withPods().service(tcp, backend(B, v6, 8080)).applyTo(plane);
        assertThat(plane.verify()).isEmpty();
        lab.nft("flush", "set", "inet", "weir", v6 ? "traffic6" : "traffic4");

        assertThat(plane.verify()).hasSize(1);

        plane.repair();
        assertThat(plane.verify()).isEmpty();
        lab.tcp(A, tcp.address(), 80);
        assertThat(of(tcp).packets()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoCountsNoMoreLeavesNothing(boolean v6) throws Exception {
        IpAddress vip = vip(v6, 1);
        Frontend tcp = frontend(vip, Protocol.TCP, 80);
        Images images = Images.withPods().service(tcp, backend(B, v6, 8080));
        images.applyTo(plane);
        assertThat(lab.nft("list", "table", "inet", "weir")).contains("traffic");
        plane.close();

        open(false);
        images.applyTo(plane);

        assertThat(lab.nft("list", "table", "inet", "weir")).doesNotContain("traffic");
        assertThat(lab.tcp(A, vip, 80)).startsWith("B ");
        assertThat(of(tcp).packets()).isZero();
        assertThat(plane.verify()).isEmpty();
        plane.close();
        open(true);
        images.applyTo(plane);
        lab.tcp(A, vip, 80);
        assertThat(of(tcp).packets()).isPositive();
    }
}
