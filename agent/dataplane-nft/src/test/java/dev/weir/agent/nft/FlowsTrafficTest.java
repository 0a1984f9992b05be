package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Images.vip;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static dev.weir.agent.nft.Lab.Place.OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.linux.Conntrack;
import dev.weir.agent.linux.Conntrack.Family;
import dev.weir.agent.nft.Lab.Place;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.model.Backend;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that keep sending from one port while their Service changes: of UDP, and of TCP that is
 * still waiting for the first answer. One frontend for each change that must end what is there.
 */
class FlowsTrafficTest extends TrafficTest {
    /** The kernel sends a SYN again after 1 s; that, and room for a busy machine. */
    private static final Duration SECOND_SYN = Duration.ofSeconds(4);

    /** Changes, of which each misleads clients if there are any. */
    private static final int MANY = 50;

    /** What is put off is made good within a second. */
    private static final Duration IN_TIME = Duration.ofMillis(1_100);

    private Conntrack conntrack;

    @BeforeEach
    void openConntrack() throws Exception {
        conntrack = lab.namespace(NODE).call(Conntrack::open);
    }

    @AfterEach
    void closeConntrack() {
        conntrack.close();
    }

    /** Addresses of its own for each test: connections outlive it. */
    private record Frontends(boolean v6, Protocol protocol) {
        private Frontend at(int number) {
            return frontend(vip(v6, (protocol == Protocol.UDP ? 20 : 40) + number), protocol, 80);
        }

        Frontend moving() {
            return at(1);
        }

        Frontend emptied() {
            return at(2);
        }

        Frontend deleted() {
            return at(3);
        }

        Frontend unused() {
            return at(5);
        }

        Frontend coming() {
            IpAddress address = IpAddress.of(v6 ? "2001:db8:1::8" : "198.51.100.8");
            return frontend(address, protocol, 80);
        }

        Frontend nodePort() {
            return frontend(NODE.address(v6), protocol, 30_090);
        }
    }

    private static Backend nobody(boolean v6) {
        return new Backend(IpAddress.of(v6 ? "fd01::99" : "10.1.0.99"), 8080, false);
    }

    private static Images changed(Images images, Frontends to) {
        return images.announced(to.coming().address())
                .service(to.moving(), backend(B, to.v6(), 8080))
                .service(to.emptied())
                .withoutService(to.deleted())
                .service(to.coming(), backend(B, to.v6(), 8080))
                .withoutService(to.nodePort());
    }

    private static Images before(Frontends to, Backend endpoint) {
        return Images.withPods()
                .service(to.moving(), endpoint)
                .service(to.emptied(), endpoint)
                .service(to.deleted(), endpoint)
                .service(to.nodePort(), endpoint);
    }

    private boolean leads(Frontend frontend, IpAddress endpoint) throws IOException {
        return conntrack.flows(frontend.address().v6() ? Family.IPV6 : Family.IPV4).stream()
                .filter(
                        flow ->
                                IpAddress.of(flow.original().destination().getAddress())
                                        .equals(frontend.address()))
                .filter(flow -> flow.original().to() == frontend.port())
                .anyMatch(
                        flow -> IpAddress.of(flow.reply().source().getAddress()).equals(endpoint));
    }

    private static DatagramSocket client(Place from) throws Exception {
        return lab.namespace(from).call(() -> new DatagramSocket());
    }

    private static String ask(DatagramSocket socket, Frontend to) throws IOException {
        return Lab.ask(socket, to.address(), to.port());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void udpFromOnePortFollowsItsService(boolean v6) throws Exception {
        Frontends to = new Frontends(v6, Protocol.UDP);
        Images images = before(to, backend(A, v6, 8080));
        images.applyTo(plane);
        try (DatagramSocket moving = client(OUT);
                DatagramSocket emptied = client(OUT);
                DatagramSocket deleted = client(OUT);
                DatagramSocket coming = client(OUT);
                DatagramSocket nodePort = client(OUT)) {
            assertThat(ask(moving, to.moving())).startsWith("A ");
            assertThat(ask(emptied, to.emptied())).startsWith("A ");
            assertThat(ask(deleted, to.deleted())).startsWith("A ");
            assertThat(ask(nodePort, to.nodePort())).startsWith("A ");
            assertThat(ask(coming, to.coming())).doesNotStartWith("B ");
            assertThat(leads(to.coming(), to.coming().address())).as("bare").isTrue();

            changed(images, to).applyTo(plane);

            assertThat(ask(moving, to.moving())).startsWith("B ");
            assertThat(ask(emptied, to.emptied())).isEqualTo(Lab.REFUSED);
            assertThat(ask(deleted, to.deleted())).isEqualTo(Lab.SILENCE);
            assertThat(ask(coming, to.coming())).startsWith("B ");
            assertThat(ask(nodePort, to.nodePort())).isEqualTo(Lab.REFUSED);
            assertThat(plane.endedFlows()).isGreaterThanOrEqualTo(5);
            assertThat(plane.verify()).isEmpty();

            images.service(to.deleted(), backend(B, v6, 8080)).applyTo(plane);
            assertThat(ask(deleted, to.deleted())).startsWith("B ");
            images.service(to.emptied(), backend(B, v6, 8080)).applyTo(plane);
            assertThat(ask(emptied, to.emptied())).startsWith("B ");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tcpThatWaitsForItsFirstAnswerFollowsItsService(boolean v6) throws Exception {
        Frontends to = new Frontends(v6, Protocol.TCP);
        Images images = before(to, nobody(v6));
        images.applyTo(plane);
        try (Lab.Connection open = lab.connect(A, NODE.address(v6), 8080);
                Waiting moving = new Waiting(to.moving());
                Waiting emptied = new Waiting(to.emptied());
                Waiting deleted = new Waiting(to.deleted());
                Waiting coming = new Waiting(to.coming());
                Waiting nodePort = new Waiting(to.nodePort())) {
            IpAddress nobody = nobody(v6).address();
            assertThat(leads(to.deleted(), nobody)).isTrue();
            assertThat(leads(to.nodePort(), nobody)).isTrue();
            assertThat(leads(to.coming(), to.coming().address())).as("bare").isTrue();

            changed(images, to).applyTo(plane);

            assertThat(leads(to.deleted(), nobody)).isFalse();
            assertThat(moving.ends()).isEqualTo("B");
            assertThat(emptied.ends()).isEqualTo(Lab.REFUSED);
            assertThat(coming.ends()).isEqualTo("B");
            assertThat(nodePort.ends()).isEqualTo(Lab.REFUSED);
            assertThat(open.echoes()).isTrue();
            assertThat(leads(to.deleted(), nobody)).as("its SYN came again").isFalse();
        }
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatChangedWhileNoAgentRanIsMadeGoodForOpenFlowsToo(boolean v6) throws Exception {
        Frontends to = new Frontends(v6, Protocol.UDP);
        Images images = before(to, backend(A, v6, 8080));
        images.applyTo(plane);
        try (DatagramSocket moving = client(OUT);
                DatagramSocket deleted = client(OUT);
                NftDataPlane successor =
                        NftDataPlaneProvider.open(Images.SETTINGS, lab.namespace(NODE))) {
            assertThat(ask(moving, to.moving())).startsWith("A ");
            assertThat(ask(deleted, to.deleted())).startsWith("A ");

            NodeImage image = changed(images, to).image();
            successor.apply(image, NodeDelta.between(NodeImage.EMPTY, image));

            assertThat(ask(moving, to.moving())).startsWith("B ");
            assertThat(ask(deleted, to.deleted())).isEqualTo(Lab.SILENCE);
            assertThat(plane.verify())
                    .as("of one that still wants the former image")
                    .anyMatch(drift -> drift.where().contains("connections"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereManyServicesChangeOnlyUdpThatIsInUseIsLookedAtAtOnce(boolean v6) throws Exception {
        Frontends to = new Frontends(v6, Protocol.UDP);
        Images images = before(to, backend(A, v6, 8080));
        images.applyTo(plane);
        try (DatagramSocket moving = client(OUT)) {
            assertThat(ask(moving, to.moving())).startsWith("A ");
            int changes = 0;
            do {
                images = images.service(to.unused(), backend(++changes % 2 == 0 ? A : B, v6, 8080));
            } while (!images.applyTo(plane).owes() && changes < MANY);
            assertThat(changes).as("passes in a row").isLessThan(MANY);

            images = images.service(to.moving(), backend(B, v6, 8080));
            images.applyTo(plane);

            assertThat(ask(moving, to.moving())).startsWith("B ");
            images = images.service(to.unused(), nobody(v6));
            images.applyTo(plane);
            Thread.sleep(IN_TIME.toMillis());
            assertThat(plane.apply(images.image(), NodeDelta.NONE).owes()).isFalse();
        }
    }

    /** A connection that has not got an answer yet. */
    private static final class Waiting implements AutoCloseable {
        private final SocketChannel channel;

        Waiting(Frontend to) throws Exception {
            channel = lab.namespace(OUT).call(() -> SocketChannel.open());
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress(to.address().toInetAddress(), to.port()));
        }

        /** The place that answers in the end, or {@link Lab#REFUSED}, or {@link Lab#SILENCE}. */
        String ends() throws IOException {
            try (Selector selector = Selector.open()) {
                SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
                if (selector.select(SECOND_SYN.toMillis()) == 0) {
                    return Lab.SILENCE;
                }
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                selector.select(SECOND_SYN.toMillis());
                ByteBuffer name = ByteBuffer.allocate(1);
                channel.read(name);
                return new String(name.array(), StandardCharsets.UTF_8);
            } catch (ConnectException e) {
                return Lab.REFUSED;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
