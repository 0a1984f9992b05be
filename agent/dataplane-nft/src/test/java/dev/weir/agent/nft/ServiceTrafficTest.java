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
import dev.weir.model.Backend;
import dev.weir.model.Frontend;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to Services through the real kernel, in both families. */
class ServiceTrafficTest extends TrafficTest {
    /** An endpoint that does not answer. */
    private static final Map<Boolean, Backend> NOBODY =
            Map.of(
                    false, new Backend(IpAddress.of("10.1.0.99"), 8080, false),
                    true, new Backend(IpAddress.of("fd01::99"), 8080, false));

    private List<String> calls(Place from, Frontend to, int times) throws Exception {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(
                    to.protocol() == Protocol.TCP
                            ? lab.tcp(from, to.address(), to.port())
                            : lab.udp(from, to.address(), to.port()));
        }
        return answers;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyEndpointGetsItsShareFromEverywhere(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend udp = frontend(vip(v6, 1), Protocol.UDP, 80);
        Images images = Images.withPods();
        for (Frontend frontend : List.of(tcp, udp)) {
            images.service(frontend, backend(A, v6, 8080), backend(B, v6, 8080));
        }

        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        for (Place from : List.of(A, NODE, OUT)) {
            for (Frontend to : List.of(tcp, udp)) {
                assertThat(Images.places(calls(from, to, 16)))
                        .as("%s to %s", from, to)
                        .containsExactlyInAnyOrder("A", "B");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEndpointHereSeesItsClientAndOneElsewhereSeesThisNode(boolean v6) throws Exception {
        Frontend here = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend elsewhere = frontend(vip(v6, 2), Protocol.TCP, 80);
        Frontend nodePort = frontend(NODE.address(v6), Protocol.TCP, 30080);
        Images.withPods()
                .service(here, backend(B, v6, 8080))
                .service(nodePort, backend(B, v6, 8080))
                .service(elsewhere, backend(OUT, v6, 8080))
                .applyTo(plane);

        assertThat(calls(A, here, 1)).containsExactly("B " + A.address(v6));
        assertThat(calls(OUT, here, 1)).containsExactly("B " + NODE.address(v6));
        assertThat(calls(OUT, nodePort, 1)).containsExactly("B " + OUT.address(v6));
        assertThat(calls(A, nodePort, 1)).containsExactly("B " + A.address(v6));
        assertThat(calls(NODE, nodePort, 1)).containsExactly("B " + NODE.address(v6));
        assertThat(calls(OUT, elsewhere, 1)).containsExactly("OUT " + NODE.address(v6));
        assertThat(calls(A, elsewhere, 1)).containsExactly("OUT " + NODE.address(v6));
        assertThat(lab.tcp(A, OUT.address(v6), 8080)).isEqualTo("OUT " + NODE.address(v6));
        assertThat(lab.tcp(A, B.address(v6), 8080)).isEqualTo("B " + A.address(v6));
        assertThat(lab.tcp(A, NODE.address(v6), 8080)).isEqualTo("NODE " + A.address(v6));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void podsKeepTheirAddressTowardsOtherNodesAndRoutesAreLeftToTheFabric(boolean v6)
            throws Exception {
        String block = v6 ? "fd01:0:0:7::/64" : "10.1.7.0/24";
        Images images = Images.withPods();
        images.applyTo(plane);
        String before = routes(v6);

        assertThat(images.route(block, OUT.address(v6)).applyTo(plane)).isEqualTo(Outcome.DONE);
        assertThat(lab.tcp(A, OUT.address(v6), 8080)).isEqualTo("OUT " + A.address(v6));
        assertThat(routes(v6)).isEqualTo(before);

        images.withoutRoute(block).applyTo(plane);
        assertThat(lab.tcp(A, OUT.address(v6), 8080)).isEqualTo("OUT " + NODE.address(v6));
    }

    private String routes(boolean v6) throws Exception {
        return lab.ip(NODE, (v6 ? "-6" : "-4") + " route show table main");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPodReachesItselfThroughItsService(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend udp = frontend(vip(v6, 1), Protocol.UDP, 80);
        Images.withPods()
                .service(tcp, backend(A, v6, 8080))
                .service(udp, backend(A, v6, 8080))
                .applyTo(plane);

        assertThat(calls(A, tcp, 2)).allMatch(answer -> answer.startsWith("A "));
        assertThat(calls(A, udp, 2)).allMatch(answer -> answer.startsWith("A "));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutEndpointsOrPortClientsAreRefusedAtOnce(boolean v6) throws Exception {
        Frontend empty = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend nodePort = frontend(NODE.address(v6), Protocol.TCP, 30081);
        Images.withPods().service(empty).service(nodePort).applyTo(plane);

        for (Place from : List.of(A, NODE, OUT)) {
            assertThat(calls(from, empty, 1)).as("%s", from).containsExactly(Lab.REFUSED);
            assertThat(calls(from, nodePort, 1)).as("%s", from).containsExactly(Lab.REFUSED);
            assertThat(lab.tcp(from, vip(v6, 1), 81)).as("%s", from).isEqualTo(Lab.REFUSED);
        }
        assertThat(lab.udp(OUT, vip(v6, 1), 81)).isEqualTo(Lab.REFUSED);
        assertThat(lab.udp(OUT, vip(v6, 9), 80)).as("of nobody").isEqualTo(Lab.SILENCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereOnlyOtherNodesMayServeClientsAreLeftWaiting(boolean v6) throws Exception {
        Images images = Images.withPods();
        for (Protocol protocol : Protocol.values()) {
            images.service(frontend(vip(v6, 1), protocol, 80), Handling.SILENT);
        }
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        for (Place from : List.of(A, NODE, OUT)) {
            assertThat(lab.tcp(from, vip(v6, 1), 80)).as("%s", from).isEqualTo(Lab.SILENCE);
        }
        assertThat(lab.udp(A, vip(v6, 1), 80)).isEqualTo(Lab.SILENCE);

        Frontend udp = frontend(vip(v6, 1), Protocol.UDP, 80);
        try (DatagramSocket socket = lab.namespace(A).call(() -> new DatagramSocket())) {
            assertThat(Lab.ask(socket, udp.address(), 80)).isEqualTo(Lab.SILENCE);
            images.service(udp, backend(B, v6, 8080)).applyTo(plane);
            assertThat(Lab.ask(socket, udp.address(), 80)).startsWith("B ");
            images.service(udp, Handling.SILENT).applyTo(plane);
            assertThat(Lab.ask(socket, udp.address(), 80)).isEqualTo(Lab.SILENCE);
            images.service(udp).applyTo(plane);
            assertThat(Lab.ask(socket, udp.address(), 80)).isEqualTo(Lab.REFUSED);
        }
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientComesBackToItsEndpointWhileThatIsThere(boolean v6) throws Exception {
        Handling hour = Handling.PLAIN.keepingFor(3_600);
        Images images = Images.withPods();
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            Frontend frontend = frontend(vip(v6, 1), protocol, 80);
            List<Backend> all = List.of(backend(A, v6, 8080), backend(B, v6, 8080), NOBODY.get(v6));
            Backend[] two = all.subList(0, 2).toArray(Backend[]::new);
            assertThat(images.service(frontend, hour, two).applyTo(plane)).isEqualTo(Outcome.DONE);

            for (Place from : List.of(A, B, NODE, OUT)) {
                Set<String> first = Images.places(calls(from, frontend, 12));
                assertThat(first).as("%s, %s", protocol, from).hasSize(1).isSubsetOf("A", "B");
                Place chosen = Place.valueOf(first.iterator().next());
                Place other = chosen == A ? B : A;

                images.service(frontend, hour, all.toArray(Backend[]::new)).applyTo(plane);
                assertThat(Images.places(calls(from, frontend, 8))).as("more").isEqualTo(first);
                images.service(frontend, hour, backend(other, v6, 8080)).applyTo(plane);
                assertThat(Images.places(calls(from, frontend, 4)))
                        .as("the chosen one goes")
                        .containsExactly(other.name());
                images.service(frontend, hour, two).applyTo(plane);
                assertThat(Images.places(calls(from, frontend, 8)))
                        .as("it comes back")
                        .containsExactly(other.name());
            }
        }
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void affinityIsOneOfEachClientAndFrontend(boolean v6) throws Exception {
        Images images = Images.withPods();
        Set<String> chosen = new HashSet<>();
        List<Frontend> frontends = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Frontend frontend = frontend(vip(v6, 1 + i % 2), Protocol.TCP, 80 + i);
            frontends.add(frontend);
            images.service(
                    frontend,
                    Handling.PLAIN.keepingFor(3_600),
                    backend(A, v6, 8080),
                    backend(B, v6, 8080));
        }
        images.applyTo(plane);

        for (Frontend frontend : frontends) {
            chosen.addAll(Images.places(calls(OUT, frontend, 1)));
        }
        assertThat(chosen).containsExactlyInAnyOrder("A", "B");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void affinityEndsAfterARestAndEveryConnectionStartsItAnew(boolean v6) throws Exception {
        Frontend frontend = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images.withPods()
                .service(
                        frontend,
                        Handling.PLAIN.keepingFor(2),
                        backend(A, v6, 8080),
                        backend(B, v6, 8080))
                .applyTo(plane);

        Set<String> kept = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            kept.addAll(Images.places(calls(OUT, frontend, 1)));
            Thread.sleep(700);
        }
        assertThat(kept).as("longer than the timeout, never a rest").hasSize(1);

        Thread.sleep(2_300);
        assertThat(lab.nft("list", "map", "inet", "weir", "clients" + (v6 ? "6" : "4")))
                .as("nobody is remembered")
                .doesNotContain("expires");
        assertThat(calls(OUT, frontend, 1).getFirst()).matches("[AB] .*");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void affinityOutlivesTheAgent(boolean v6) throws Exception {
        Frontend frontend = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images images =
                Images.withPods()
                        .service(
                                frontend,
                                Handling.PLAIN.keepingFor(3_600),
                                backend(A, v6, 8080),
                                backend(B, v6, 8080));
        images.applyTo(plane);
        Set<String> before = Images.places(calls(OUT, frontend, 1));

        plane.close();
        plane = NftDataPlaneProvider.open(Images.SETTINGS, lab.namespace(NODE));
        plane.apply(images.image(), NodeDelta.between(NodeImage.EMPTY, images.image()));

        assertThat(Images.places(calls(OUT, frontend, 12))).isEqualTo(before);
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHashSendsAClientToOneEndpointWhoeverElseItIsOf(boolean v6) throws Exception {
        Handling hash = Handling.PLAIN.choosingBy(Handling.Choice.SOURCE_HASH);
        Backend[] three = {backend(A, v6, 8080), backend(B, v6, 8080), backend(OUT, v6, 8080)};
        Images images = Images.withPods();
        List<Frontend> frontends = new ArrayList<>();
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            for (int i = 1; i <= 3; i++) {
                frontends.add(frontend(vip(v6, i), protocol, 80));
                images.service(frontends.getLast(), hash, three);
            }
        }
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        for (Place from : List.of(A, NODE, OUT)) {
            List<String> answers = new ArrayList<>();
            for (Frontend to : frontends) {
                answers.addAll(calls(from, to, 4));
            }
            assertThat(Images.places(answers))
                    .as("%s", from)
                    .hasSize(1)
                    .isSubsetOf("A", "B", "OUT");
        }
        Set<String> chosen = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            lab.ip(OUT, "addr add " + client(v6, i) + " dev eth0" + (v6 ? " nodad" : ""));
        }
        for (int i = 0; i < 12; i++) {
            chosen.add(lab.tcp(OUT, client(v6, i), vip(v6, 1), 80).split(" ")[0]);
        }
        assertThat(chosen).as("of many clients").containsExactlyInAnyOrder("A", "B", "OUT");
        assertThat(plane.verify()).isEmpty();
    }

    private static IpAddress client(boolean v6, int number) {
        return IpAddress.of(v6 ? "2001:db8::c0" : "192.0.2.100").plus(number);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRemovedEndpointGetsNothingMoreNotEvenOfAnOpenUdpFlow(boolean v6) throws Exception {
        Frontend udp = frontend(vip(v6, 1), Protocol.UDP, 80);
        Images images = Images.withPods().service(udp, backend(A, v6, 8080));
        images.applyTo(plane);
        try (DatagramSocket socket = lab.namespace(OUT).call(() -> new DatagramSocket())) {
            assertThat(Lab.ask(socket, udp.address(), 80)).startsWith("A ");

            images.service(udp, backend(B, v6, 8080)).applyTo(plane);
            assertThat(Lab.ask(socket, udp.address(), 80)).startsWith("B ");

            images.service(udp).applyTo(plane);
            assertThat(Lab.ask(socket, udp.address(), 80)).isEqualTo(Lab.REFUSED);

            images.service(udp, backend(A, v6, 8080)).applyTo(plane);
            assertThat(Lab.ask(socket, udp.address(), 80)).startsWith("A ");
        }
        images.withoutService(udp).applyTo(plane);
        assertThat(lab.nft("list", "table", "inet", "weir"))
                .doesNotContain(udp.address() + " . udp");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOpenConnectionSurvivesTheRemovalOfItsEndpointFromTheService(boolean v6)
            throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images images = Images.withPods().service(tcp, backend(B, v6, 8080));
        images.applyTo(plane);
        try (Lab.Connection connection = lab.connect(A, tcp.address(), 80)) {
            images.service(tcp, backend(OUT, v6, 8080)).applyTo(plane);

            assertThat(connection.echoes()).isTrue();
            assertThat(calls(A, tcp, 1)).containsExactly("OUT " + NODE.address(v6));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLeaseComesFirstAndEndsByItself(boolean v6) throws Exception {
        Frontend dns = frontend(vip(v6, 10), Protocol.UDP, 53);
        Images.withPods().service(dns, backend(B, v6, 8080)).applyTo(plane);

        plane.lease(dns, backend(NODE, v6, 8080), Duration.ofMillis(600));
        assertThat(calls(A, dns, 5)).containsOnly("NODE " + A.address(v6));
        plane.lease(dns, backend(NODE, v6, 8080), Duration.ofMillis(600));
        Thread.sleep(350);
        plane.lease(dns, backend(NODE, v6, 8080), Duration.ofMillis(600));
        Thread.sleep(350);
        assertThat(calls(A, dns, 1)).as("renewed").containsOnly("NODE " + A.address(v6));

        Thread.sleep(700);
        assertThat(calls(A, dns, 5)).as("expired").containsOnly("B " + A.address(v6));
        assertThat(plane.verify()).as("flows that the lease led").hasSize(1);
        assertThat(plane.repair()).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
    }
}
