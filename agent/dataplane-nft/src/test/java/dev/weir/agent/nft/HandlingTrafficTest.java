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
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come, in turns, and what becomes of addresses that nobody answers for; real packets. */
class HandlingTrafficTest extends TrafficTest {
    private static final Handling TURNS = Handling.PLAIN.choosingBy(Handling.Choice.ROUND_ROBIN);

    /** In no range that the node knows of. */
    private static IpAddress balancer(boolean v6) {
        return IpAddress.of(v6 ? "2001:db8:1::7" : "198.51.100.7");
    }

    private static Handling only(IpAddress... clients) {
        List<Cidr> ranges = new ArrayList<>();
        for (IpAddress client : clients) {
            ranges.add(Cidr.host(client));
        }
        return Handling.PLAIN.onlyFor(ranges);
    }

    private void restart(Images images) {
        plane.close();
        plane = NftDataPlaneProvider.open(Images.SETTINGS, lab.namespace(NODE));
        assertThat(plane.apply(images.image(), NodeDelta.between(NodeImage.EMPTY, images.image())))
                .isEqualTo(Outcome.DONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyListedClientsGetInWhereverTheyAre(boolean v6) throws Exception {
        Frontend tcp = frontend(balancer(v6), Protocol.TCP, 80);
        Frontend udp = frontend(balancer(v6), Protocol.UDP, 80);
        Frontend open = frontend(balancer(v6), Protocol.TCP, 81);
        Images images = Images.withPods().announced(balancer(v6));
        for (Frontend frontend : List.of(tcp, udp)) {
            images.service(frontend, only(OUT.address(v6)), backend(B, v6, 8080));
        }
        images.service(open, backend(B, v6, 8080)).applyTo(plane);

        assertThat(lab.tcp(OUT, tcp.address(), 80)).isEqualTo("B " + OUT.address(v6));
        assertThat(lab.udp(OUT, udp.address(), 80)).isEqualTo("B " + OUT.address(v6));
        for (Place from : List.of(A, NODE)) {
            assertThat(lab.tcp(from, tcp.address(), 80)).as("%s", from).isEqualTo(Lab.SILENCE);
            assertThat(lab.tcp(from, open.address(), 81)).startsWith("B ");
        }

        assertThat(lab.udp(A, udp.address(), 80)).isEqualTo(Lab.SILENCE);

        Handling pods = Handling.PLAIN.onlyFor(Images.SETTINGS.podCidrs());
        images.service(tcp, pods, backend(B, v6, 8080)).applyTo(plane);
        assertThat(lab.tcp(A, tcp.address(), 80)).isEqualTo("B " + A.address(v6));
        assertThat(lab.tcp(OUT, tcp.address(), 80)).isEqualTo(Lab.SILENCE);

        images.service(tcp, backend(B, v6, 8080)).applyTo(plane);
        assertThat(lab.tcp(OUT, tcp.address(), 80)).startsWith("B ");
        assertThat(plane.verify()).isEmpty();
        images.withoutService(udp).applyTo(plane);
        assertThat(lab.nft("list", "table", "inet", "weir")).doesNotContain("chain src");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void limitsComeBeforeAnyAnswerAndBindOwnClientsToo(boolean v6) throws Exception {
        Frontend anybody = frontend(balancer(v6), Protocol.TCP, 80);
        Handling onlyNode = only(NODE.address(v6));
        Images images =
                Images.withPods()
                        .announced(balancer(v6))
                        .service(anybody, onlyNode)
                        .service(anybody.of(Clients.OWN), onlyNode, backend(B, v6, 8080));
        images.applyTo(plane);

        assertThat(lab.tcp(NODE, anybody.address(), 80)).startsWith("B ");
        assertThat(lab.tcp(A, anybody.address(), 80)).isEqualTo(Lab.SILENCE);
        assertThat(lab.tcp(OUT, anybody.address(), 80)).as("no refusal").isEqualTo(Lab.SILENCE);

        restart(images);
        assertThat(lab.tcp(NODE, anybody.address(), 80)).startsWith("B ");
        assertThat(lab.tcp(A, anybody.address(), 80)).isEqualTo(Lab.SILENCE);
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNodeThatHasTheAddressItselfIsNotLimited(boolean v6) throws Exception {
        Frontend tcp = frontend(balancer(v6), Protocol.TCP, 80);
        Images.withPods()
                .announced(balancer(v6))
                .service(tcp, only(OUT.address(v6)), backend(B, v6, 8080))
                .applyTo(plane);
        String local = balancer(v6) + (v6 ? "/128" : "/32") + " dev lo" + (v6 ? " nodad" : "");
        lab.ip(NODE, "addr add " + local);
        try {
            assertThat(lab.tcp(NODE, balancer(v6), balancer(v6), 80)).startsWith("B ");
            assertThat(lab.tcp(A, balancer(v6), 80)).isEqualTo(Lab.SILENCE);
        } finally {
            lab.ip(NODE, "addr del " + local.replace(" nodad", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endpointsTakeTurnsWhateverGoesToOtherFrontends(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend other = frontend(vip(v6, 2), Protocol.TCP, 80);
        Images images = Images.withPods();
        for (Frontend frontend : List.of(tcp, other)) {
            images.service(
                    frontend,
                    TURNS,
                    backend(A, v6, 8080),
                    backend(B, v6, 8080),
                    backend(OUT, v6, 8080));
        }
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        inTurns(tcp, other, 3);

        images.service(tcp, TURNS, backend(A, v6, 8080), backend(B, v6, 8080)).applyTo(plane);
        inTurns(tcp, other, 2);
        restart(images);
        inTurns(tcp, other, 2);
        assertThat(plane.verify()).isEmpty();

        images.withoutService(tcp).withoutService(other).applyTo(plane);
        assertThat(lab.nft("list", "table", "inet", "weir")).doesNotContain("turns");
    }

    private void inTurns(Frontend to, Frontend between, int endpoints) throws Exception {
        for (int round = 0; round < 3; round++) {
            Set<String> places = new HashSet<>();
            for (int i = 0; i < endpoints; i++) {
                places.add(lab.tcp(A, to.address(), to.port()).split(" ")[0]);
                lab.tcp(A, between.address(), between.port());
            }
            assertThat(places).as("round %d", round).hasSize(endpoints);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatNobodyServesIsRefusedAtLiveAddressesAndDroppedAtVacantOnes(boolean v6)
            throws Exception {
        Frontend first = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend second = frontend(vip(v6, 1), Protocol.TCP, 81);
        Frontend announced = frontend(balancer(v6), Protocol.TCP, 80);
        Frontend nodePort = frontend(NODE.address(v6), Protocol.TCP, 30080);
        Images images = Images.withPods().announced(balancer(v6));
        for (Frontend frontend : List.of(first, second, announced, nodePort)) {
            images.service(frontend, backend(B, v6, 8080));
        }
        images.applyTo(plane);

        for (Place from : List.of(A, NODE, OUT)) {
            assertThat(lab.tcp(from, first.address(), 82)).as("%s", from).isEqualTo(Lab.REFUSED);
            assertThat(lab.tcp(from, balancer(v6), 82)).as("%s", from).isEqualTo(Lab.REFUSED);
            assertThat(lab.tcp(from, vip(v6, 9), 82)).as("%s", from).isEqualTo(Lab.SILENCE);
            assertThat(lab.tcp(from, NODE.address(v6), 8080)).as("%s", from).startsWith("NODE ");
        }

        images.withoutService(first).applyTo(plane);
        assertThat(lab.tcp(OUT, first.address(), 80)).as("81 is left").isEqualTo(Lab.REFUSED);
        images.withoutService(second).applyTo(plane);
        assertThat(lab.tcp(OUT, first.address(), 80)).as("nothing is").isEqualTo(Lab.SILENCE);
        assertThat(plane.verify()).isEmpty();
        restart(images);
        assertThat(lab.tcp(OUT, balancer(v6), 82)).isEqualTo(Lab.REFUSED);
        images.announced().applyTo(plane);
        assertThat(lab.nft("list", "set", "inet", "weir", v6 ? "live6" : "live4"))
                .doesNotContain(balancer(v6).toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofOthersThanPodsAClusterIpShowsTheNodeAndALocalLoadBalancerTheClient(boolean v6)
            throws Exception {
        Frontend clusterIp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend local = frontend(balancer(v6), Protocol.TCP, 80);
        Images.withPods()
                .announced(balancer(v6))
                .service(clusterIp, backend(B, v6, 8080))
                .service(local, backend(B, v6, 8080))
                .service(local.of(Clients.OWN), Handling.PLAIN, backend(OUT, v6, 8080))
                .route(v6 ? "fd01:0:0:7::/64" : "10.1.7.0/24", OUT.address(v6))
                .applyTo(plane);

        assertThat(lab.tcp(OUT, clusterIp.address(), 80)).isEqualTo("B " + NODE.address(v6));
        assertThat(lab.tcp(A, clusterIp.address(), 80)).isEqualTo("B " + A.address(v6));
        assertThat(lab.tcp(OUT, local.address(), 80)).isEqualTo("B " + OUT.address(v6));
        assertThat(lab.tcp(A, local.address(), 80)).isEqualTo("OUT " + A.address(v6));
        assertThat(lab.tcp(NODE, local.address(), 80)).isEqualTo("OUT " + NODE.address(v6));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOpenUdpFlowEndsWithItsClientsPermission(boolean v6) throws Exception {
        Frontend udp = frontend(balancer(v6), Protocol.UDP, 80);
        Images images =
                Images.withPods().announced(balancer(v6)).service(udp, backend(B, v6, 8080));
        images.applyTo(plane);
        try (DatagramSocket socket = lab.namespace(OUT).call(() -> new DatagramSocket())) {
            assertThat(Lab.ask(socket, udp.address(), 80)).startsWith("B ");
            images.service(udp, only(A.address(v6)), backend(B, v6, 8080)).applyTo(plane);
            assertThat(Lab.ask(socket, udp.address(), 80)).isEqualTo(Lab.SILENCE);
        }
    }
}
