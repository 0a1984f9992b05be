package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.allow;
import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Images.tcp;
import static dev.weir.agent.nft.Images.vip;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static dev.weir.agent.nft.Lab.Place.OUT;
import static dev.weir.agent.nft.Lab.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.nft.Lab.Place;
import dev.weir.agent.spi.Outcome;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Filter.Anyone;
import dev.weir.model.Filter.Block;
import dev.weir.model.Filter.Group;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies on real packets, in both families. B is the policies' subject. */
class PolicyTrafficTest extends TrafficTest {
    /** What TCP may need to send a lost segment again. */
    private static final Duration RETRANSMISSION = Duration.ofSeconds(5);

    private String tcpTo(Place from, Place to, boolean v6, int port) throws Exception {
        return lab.tcp(from, to.address(v6), port);
    }

    private String answer(Place to, Place from, boolean v6) {
        boolean masqueraded = to == OUT && from != NODE;
        return to + " " + (masqueraded ? NODE : from).address(v6);
    }

    private void assertReaches(Place from, Place to, boolean v6) throws Exception {
        assertThat(tcpTo(from, to, v6, 8080)).isEqualTo(answer(to, from, v6));
    }

    private void assertBlocked(Place from, Place to, boolean v6) throws Exception {
        assertThat(tcpTo(from, to, v6, 8080)).as("%s to %s", from, to).isEqualTo(SILENCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPodThatIsNotKnownYetIsCutOffButFromItsOwnNode(boolean v6) throws Exception {
        new Images().pod(A).applyTo(plane);

        assertBlocked(A, B, v6);
        assertBlocked(B, A, v6);
        assertBlocked(B, OUT, v6);
        assertBlocked(OUT, B, v6);
        assertBlocked(B, NODE, v6);
        assertReaches(A, OUT, v6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isolationIsPerDirectionAndRepliesPass(boolean v6) throws Exception {
        Images images = Images.withPods().pod(B, Filter.CLOSED, Filter.OPEN);
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        assertBlocked(A, B, v6);
        assertBlocked(OUT, B, v6);
        assertReaches(NODE, B, v6);
        assertReaches(B, A, v6);
        assertReaches(B, OUT, v6);
        assertReaches(B, NODE, v6);

        images.pod(B, Filter.OPEN, Filter.CLOSED).applyTo(plane);

        assertReaches(A, B, v6);
        assertReaches(OUT, B, v6);
        assertReaches(NODE, B, v6);
        assertBlocked(B, A, v6);
        assertBlocked(B, OUT, v6);
        assertBlocked(B, NODE, v6);
        assertThat(lab.udp(B, OUT.address(v6), 8080)).isEqualTo(SILENCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRuleNeedsPeerAndPortOfThePodBehindTheService(boolean v6) throws Exception {
        Frontend service = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend sameNumber = frontend(vip(v6, 2), Protocol.TCP, 8080);
        Images images =
                Images.withPods()
                        .pod(B, allow(new Group("web"), tcp(8080, 8080)), Filter.OPEN)
                        .service(service, backend(B, v6, 8080))
                        .service(sameNumber, backend(B, v6, 8081));
        images.applyTo(plane);
        assertBlocked(A, B, v6); // a group that nobody knows is empty

        images.group("web", A.address(false), A.address(true)).applyTo(plane);

        assertReaches(A, B, v6);
        assertThat(tcpTo(A, B, v6, 8081)).isEqualTo(SILENCE);
        assertThat(lab.udp(A, B.address(v6), 8080)).isEqualTo(SILENCE);
        assertThat(lab.tcp(A, vip(v6, 1), 80)).isEqualTo(answer(B, A, v6));
        assertThat(lab.tcp(A, vip(v6, 2), 8080)).isEqualTo(SILENCE);
        assertBlocked(OUT, B, v6);

        images.group("web").applyTo(plane);
        assertBlocked(A, B, v6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void egressIsJudgedByTheEndpointAndNotTheService(boolean v6) throws Exception {
        Frontend service = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images.withPods()
                .service(service, backend(A, v6, 8080))
                .group("db", A.address(v6))
                .pod(B, Filter.OPEN, allow(new Group("db"), tcp(8000, 8080)))
                .applyTo(plane);

        assertThat(lab.tcp(B, vip(v6, 1), 80)).isEqualTo(answer(A, B, v6));
        assertReaches(B, A, v6);
        assertThat(tcpTo(B, A, v6, 8081)).isEqualTo(SILENCE);
        assertBlocked(B, OUT, v6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAddressRangeMatchesButForItsExceptions(boolean v6) throws Exception {
        Cidr all = Cidr.of(v6 ? "::/0" : "0.0.0.0/0");
        List<Cidr> outside = List.of(Cidr.host(OUT.address(v6)));
        List<Cidr> pods =
                List.of(
                        Cidr.of(v6 ? "fd01::/32" : "10.1.0.0/16"),
                        Cidr.of(v6 ? "fd01::/64" : "10.1.0.0/24"),
                        Cidr.of(v6 ? "fd96::/64" : "10.96.0.0/12"));
        Images images = Images.withPods().pod(B, allow(new Block(all, outside)), Filter.OPEN);
        images.applyTo(plane);
        assertReaches(A, B, v6);
        assertBlocked(OUT, B, v6);
        assertBlocked(A, B, !v6); // a range says nothing of the other family

        images.pod(B, allow(new Block(all, pods)), Filter.OPEN).applyTo(plane);
        assertBlocked(A, B, v6);
        assertReaches(OUT, B, v6);
        assertThat(lab.udp(OUT, B.address(v6), 8080)).isEqualTo(answer(B, OUT, v6));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOpenConnectionDiesWithItsPermissionAndNoOther(boolean v6) throws Exception {
        Frontend service = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images images =
                Images.withPods()
                        .group("web", A.address(v6), OUT.address(v6))
                        .service(service, backend(B, v6, 8080))
                        .pod(B, allow(new Group("web"), tcp(8080, 8080)), Filter.OPEN);
        images.applyTo(plane);
        try (Lab.Connection direct = lab.connect(A, B.address(v6), 8080);
                Lab.Connection throughService = lab.connect(A, vip(v6, 1), 80);
                Lab.Connection other = lab.connect(OUT, B.address(v6), 8080);
                Lab.Connection back = lab.connect(B, A.address(v6), 8080)) {
            assertThat(direct.echoes()).isTrue();
            assertThat(throughService.echoes()).isTrue();

            images.group("web", OUT.address(v6)).applyTo(plane);

            assertThat(direct.echoes()).isFalse();
            assertThat(throughService.echoes()).isFalse();
            assertThat(other.echoes()).isTrue();
            assertThat(back.echoes()).isTrue();

            images.group("web", OUT.address(v6), A.address(v6)).applyTo(plane);

            assertThat(direct.echoes(RETRANSMISSION)).as("allowed again").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isolatingAPodEndsWhatWasOpenInEitherDirection(boolean v6) throws Exception {
        Images images = Images.withPods();
        images.applyTo(plane);
        try (Lab.Connection in = lab.connect(OUT, B.address(v6), 8080);
                Lab.Connection out = lab.connect(B, NODE.address(v6), 8080);
                Lab.Connection own = lab.connect(NODE, B.address(v6), 8080)) {
            images.pod(B, Filter.CLOSED, Filter.CLOSED).applyTo(plane);

            assertThat(in.echoes()).isFalse();
            assertThat(out.echoes()).isFalse();
            assertThat(own.echoes()).isTrue();
        }
        images.withoutPod(B).applyTo(plane);
        assertBlocked(A, B, v6);
        assertThat(lab.nft("list", "table", "inet", "weir")).doesNotContain("ingress-");
    }

    @Test
    void aPodCannotSendAsAnother() throws Exception {
        Images.withPods()
                .pod(B, allow(new Group("web")), Filter.OPEN)
                .group("web", Lab.A4)
                .applyTo(plane);
        IpAddress forged = IpAddress.of("10.1.0.9");
        lab.ip(A, "addr add " + forged + "/32 dev eth0");
        try {
            lab.ip(A, "route replace default via 169.254.1.1 dev eth0 src " + forged);
            assertThat(lab.udp(A, Lab.B4, 8080)).isEqualTo(SILENCE);
            assertThat(lab.nft("list", "counter", "inet", "weir", "spoofed"))
                    .doesNotContain("packets 0 ");
        } finally {
            lab.ip(A, "route replace default via 169.254.1.1 dev eth0");
            lab.ip(A, "addr del " + forged + "/32 dev eth0");
        }
        assertThat(lab.udp(A, Lab.B4, 8080)).isEqualTo("B " + Lab.A4);
    }

    @Test
    void anIsolatedPodIsNotPingedWithoutARuleForEveryProtocol() throws Exception {
        Images images = Images.withPods().pod(B, allow(new Anyone(), tcp(1, 65535)), Filter.OPEN);
        images.applyTo(plane);
        assertThat(pings(A, Lab.B4)).isFalse();

        images.pod(B, allow(new Anyone()), Filter.OPEN).applyTo(plane);
        assertThat(pings(A, Lab.B4)).isTrue();
        assertThat(pings(A, Lab.B6)).isTrue();
    }

    private static boolean pings(Place from, IpAddress to) throws Exception {
        Process process =
                new ProcessBuilder(
                                "ip",
                                "netns",
                                "exec",
                                lab.name(from),
                                "ping",
                                "-c1",
                                "-W1",
                                to.toString())
                        .redirectErrorStream(true)
                        .start();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }
}
