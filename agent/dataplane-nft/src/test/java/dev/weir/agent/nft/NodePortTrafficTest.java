package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static dev.weir.agent.nft.Lab.Place.OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.nft.Lab.Place;
import dev.weir.agent.spi.Outcome;
import dev.weir.model.Filter;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.Protocol;
import java.net.DatagramSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to ports of the node's own address, in both families. */
class NodePortTrafficTest extends TrafficTest {
    private static final int PORT = 30_080;
    private static final Handling CLUSTER = Handling.PLAIN.masquerading(true);

    private static Frontend port(boolean v6, Protocol protocol) {
        return frontend(NODE.address(v6), protocol, PORT);
    }

    private static String call(Place from, Frontend to) throws Exception {
        return to.protocol() == Protocol.TCP
                ? lab.tcp(from, to.address(), to.port())
                : lab.udp(from, to.address(), to.port());
    }

    private static Set<String> calls(Place from, Frontend to, int times) throws Exception {
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < times; i++) {
            answers.add(call(from, to));
        }
        return answers;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void underTheClusterPolicyEveryEndpointServesAndSeesANode(boolean v6) throws Exception {
        Images images = Images.withPods();
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            images.service(
                    port(v6, protocol),
                    CLUSTER,
                    backend(A, v6, 8080),
                    backend(B, v6, 8080),
                    backend(OUT, v6, 8080));
        }
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            for (Place from : List.of(A, NODE, OUT)) {
                assertThat(calls(from, port(v6, protocol), 24))
                        .as("%s from %s", protocol, from)
                        .containsExactlyInAnyOrder(
                                "A " + NODE.address(v6),
                                "B " + NODE.address(v6),
                                "OUT " + NODE.address(v6));
            }
        }
        assertThat(plane.verify()).isEmpty();
    }

    /** As health checks of the node are. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPortThatIsNoFrontendIsTheNodesOwn(boolean v6) throws Exception {
        lab.serve(NODE, NODE.address(v6), PORT + 1);
        Images images = Images.withPods();
        images.service(port(v6, Protocol.TCP), CLUSTER, backend(A, v6, 8080));
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        for (Place from : List.of(OUT, A, NODE)) {
            assertThat(lab.tcp(from, NODE.address(v6), PORT + 1))
                    .as("from %s", from)
                    .isEqualTo("NODE " + from.address(v6));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void underTheLocalPolicyClientsOutsideAreSeenAndOwnOnesReachEveryEndpoint(boolean v6)
            throws Exception {
        Images images = Images.withPods();
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            Frontend anybody = port(v6, protocol);
            images.service(anybody, Handling.PLAIN, backend(B, v6, 8080))
                    .service(
                            anybody.of(Clients.OWN),
                            Handling.PLAIN,
                            backend(B, v6, 8080),
                            backend(OUT, v6, 8080));
        }
        images.route(v6 ? "fd01:0:0:7::/64" : "10.1.7.0/24", OUT.address(v6));
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            Frontend to = port(v6, protocol);
            assertThat(calls(OUT, to, 12)).containsExactly("B " + OUT.address(v6));
            assertThat(calls(A, to, 16))
                    .as("a pod here keeps its address")
                    .containsExactlyInAnyOrder("B " + A.address(v6), "OUT " + A.address(v6));
            assertThat(calls(NODE, to, 16))
                    .containsExactlyInAnyOrder("B " + NODE.address(v6), "OUT " + NODE.address(v6));
        }
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutALocalEndpointOnlyClientsOutsideAreLeftWaiting(boolean v6) throws Exception {
        Images images = Images.withPods();
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            Frontend anybody = port(v6, protocol);
            images.service(anybody, Handling.SILENT)
                    .service(anybody.of(Clients.OWN), Handling.PLAIN, backend(OUT, v6, 8080));
        }
        images.applyTo(plane);
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            assertThat(call(OUT, port(v6, protocol))).isEqualTo(Lab.SILENCE);
            assertThat(call(A, port(v6, protocol))).startsWith("OUT ");
            assertThat(call(NODE, port(v6, protocol))).startsWith("OUT ");
        }

        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            Frontend anybody = port(v6, protocol);
            images.service(anybody).service(anybody.of(Clients.OWN), Handling.PLAIN);
        }
        images.applyTo(plane);
        for (Place from : List.of(A, NODE, OUT)) {
            assertThat(call(from, port(v6, Protocol.TCP))).as("%s", from).isEqualTo(Lab.REFUSED);
        }
        assertThat(call(OUT, port(v6, Protocol.UDP))).isEqualTo(Lab.REFUSED);
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPodReachesItselfAndAnIsolatedOneIsReachedByWhomItAllows(boolean v6) throws Exception {
        Frontend tcp = port(v6, Protocol.TCP);
        Filter onlyOutside = Images.allow(new Filter.Group("clients"), Images.tcp(8080, 8080));
        Images images =
                Images.withPods()
                        .group("clients", OUT.address(v6))
                        .service(tcp, CLUSTER, backend(B, v6, 8080));
        images.applyTo(plane);
        assertThat(call(B, tcp)).isEqualTo("B " + NODE.address(v6));

        images.pod(B, onlyOutside, Filter.OPEN).applyTo(plane);

        assertThat(call(OUT, tcp)).as("judged before masquerading").startsWith("B ");
        assertThat(call(A, tcp)).isEqualTo(Lab.SILENCE);
        try (Lab.Connection connection = lab.connect(OUT, tcp.address(), PORT)) {
            images.group("other", A.address(v6)).group("clients", A.address(v6)).applyTo(plane);
            assertThat(connection.echoes()).as("judged anew").isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aUdpFlowFollowsThePolicyAndEndsWithTheNodePort(boolean v6) throws Exception {
        Frontend udp = port(v6, Protocol.UDP);
        Images images = Images.withPods().service(udp, CLUSTER, backend(OUT, v6, 8080));
        images.applyTo(plane);
        try (DatagramSocket out = lab.namespace(OUT).call(() -> new DatagramSocket());
                DatagramSocket pod = lab.namespace(A).call(() -> new DatagramSocket())) {
            assertThat(Lab.ask(out, udp.address(), PORT)).isEqualTo("OUT " + NODE.address(v6));
            assertThat(Lab.ask(pod, udp.address(), PORT)).isEqualTo("OUT " + NODE.address(v6));

            images.service(udp, Handling.PLAIN, backend(B, v6, 8080))
                    .service(udp.of(Clients.OWN), Handling.PLAIN, backend(A, v6, 8080))
                    .applyTo(plane);
            assertThat(Lab.ask(out, udp.address(), PORT)).isEqualTo("B " + OUT.address(v6));
            assertThat(Lab.ask(pod, udp.address(), PORT)).startsWith("A ");

            images.service(udp, Handling.SILENT).applyTo(plane);
            assertThat(Lab.ask(out, udp.address(), PORT)).isEqualTo(Lab.SILENCE);
            assertThat(Lab.ask(pod, udp.address(), PORT)).startsWith("A ");

            images.withoutService(udp).withoutService(udp.of(Clients.OWN)).applyTo(plane);
            for (DatagramSocket socket : List.of(out, pod)) {
                assertThat(Lab.ask(socket, udp.address(), PORT))
                        .as("nobody; the kernel refuses only so often")
                        .isIn(Lab.REFUSED, Lab.SILENCE);
            }
        }
        assertThat(plane.verify()).isEmpty();
    }
}
