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
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.nft.Lab.Place;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Protocol;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What outlives the agent, what it takes over, and what it mends. */
class RestartTest {
    private static final Frontend SERVICE = frontend(vip(false, 1), Protocol.TCP, 80);
    private static final Frontend SERVICE6 = frontend(vip(true, 1), Protocol.TCP, 80);

    private static final Frontend KEPT = frontend(vip(false, 9), Protocol.TCP, 80);
    private static final Frontend NODE_PORT = frontend(Lab.NODE4, Protocol.TCP, 30080);
    private static final Frontend TURNS = frontend(vip(false, 8), Protocol.TCP, 80);
    private static final Handling FEW =
            Handling.PLAIN
                    .choosingBy(Handling.Choice.ROUND_ROBIN)
                    .onlyFor(List.of(Cidr.of("10.1.0.0/24"), Cidr.of("10.2.0.0/16")));
    private static final Handling HOUR = Handling.PLAIN.keepingFor(3_600);

    private static final int MANY = 3_000;

    private static Lab lab;
    private NftDataPlane plane;
    private Images images;

    @BeforeAll
    static void build() throws Exception {
        lab = Lab.create();
        for (Place place : Place.values()) {
            lab.serve(place, 8080);
        }
    }

    @AfterAll
    static void tearDown() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @BeforeEach
    void open() {
        plane = start();
        images =
                Images.withPods()
                        .pod(B, allow(new Filter.Group("web"), tcp(8080, 8080)), Filter.OPEN)
                        .group("web", Lab.A4, Lab.A6)
                        .service(SERVICE, backend(B, false, 8080))
                        .service(SERVICE6, backend(B, true, 8080), backend(A, true, 8080))
                        .service(NODE_PORT, Handling.SILENT)
                        .service(KEPT, HOUR, backend(B, false, 8080), backend(A, false, 8080))
                        .service(TURNS, FEW, backend(B, false, 8080), backend(A, false, 8080))
                        .service(
                                NODE_PORT.of(Clients.OWN),
                                FEW,
                                backend(B, false, 8080),
                                backend(OUT, false, 8080))
                        .route("10.1.7.0/24", Lab.OUT4)
                        .route("fd01:0:0:7::/64", Lab.OUT6);
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);
    }

    private static NftDataPlane start() {
        return NftDataPlaneProvider.open(Images.SETTINGS, lab.namespace(NODE));
    }

    @AfterEach
    void close() throws Exception {
        plane.close();
        lab.nft("delete", "table", "inet", "weir");
    }

    private Outcome restart() {
        plane.close();
        plane = start();
        return plane.apply(images.image(), NodeDelta.between(NodeImage.EMPTY, images.image()));
    }

    @Test
    void anAgentThatIsGoneIsMissedByNobodyAndItsSuccessorDisturbsNobody() throws Exception {
        try (Lab.Connection connection = lab.connect(A, SERVICE.address(), 80)) {
            String before = essence(lab.nft("list", "table", "inet", "weir"));
            plane.close();
            assertThat(connection.echoes()).isTrue();
            assertThat(lab.tcp(A, SERVICE6.address(), 80)).matches("[AB] .*");

            plane = start();
            assertThat(connection.echoes()).isTrue();
            Outcome outcome =
                    plane.apply(images.image(), NodeDelta.between(NodeImage.EMPTY, images.image()));

            assertThat(outcome).isEqualTo(Outcome.DONE);
            assertThat(connection.echoes()).isTrue();
            assertThat(essence(lab.nft("list", "table", "inet", "weir"))).isEqualTo(before);
            assertThat(plane.verify()).isEmpty();
        }
    }

    /** Without what may differ: counts, and the policy generation after it had to start over. */
    private static String essence(String listing) {
        return listing.replaceAll("packets \\d+ bytes \\d+|0x[0-3][45]00[0-9a-f]{4}", "");
    }

    @Test
    void whatChangedWhileNoAgentRanIsMadeGood() throws Exception {
        images.service(SERVICE, backend(OUT, false, 8080), backend(A, false, 8080))
                .withoutService(SERVICE6)
                .pod(B, Filter.OPEN, Filter.OPEN)
                .withoutRoute("10.1.7.0/24");

        assertThat(restart()).isEqualTo(Outcome.DONE);

        assertThat(plane.verify()).isEmpty();
        assertThat(lab.tcp(OUT, Lab.B4, 8080)).isEqualTo("B " + Lab.OUT4);
        assertThat(lab.tcp(A, Lab.OUT4, 8080)).as("no node").isEqualTo("OUT " + Lab.NODE4);
        assertThat(lab.tcp(A, Lab.OUT6, 8080)).as("a node").isEqualTo("OUT " + Lab.A6);
        assertThat(lab.tcp(A, SERVICE6.address(), 80)).isEqualTo(Lab.SILENCE);
        assertThat(lab.tcp(A, SERVICE.address(), 80)).matches("(OUT|A) .*");
        assertThat(lab.nft("list", "table", "inet", "weir"))
                .doesNotContain("ingress-")
                .doesNotContain("lb6-2")
                .contains("lb4-2 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flush ruleset",
                "delete element inet weir svc4 { 10.96.0.1 . tcp . 80 }",
                "flush map inet weir eps6",
                "flush map inet weir svc6",
                "flush chain inet weir judge",
                "add rule inet weir forward drop",
                "flush set inet weir current",
                "add element inet weir pods4 { 10.1.0.77 }",
                "add element inet weir svc4 { 10.96.0.66 . tcp . 80 : 1 }",
                "add element inet weir eps4 { 10.96.0.1 . tcp . 80 . 0x01000007 : 10.1.0.9 . 1 }",
                "delete element inet weir ingress4 { 10.1.0.3 }",
                "flush chain inet weir lb4-1",
                "flush map inet weir ids4",
                "flush map inet weir inner4",
                "flush chain inet weir own-services",
                "flush map inet weir balancers",
                "delete element inet weir balancers { 2 }",
                "add element inet weir balancers { 77 : goto withheld }",
                "flush map inet weir sources4",
                "flush map inet weir inner-sources4",
                "flush set inet weir live4",
                "add element inet weir live6 { fd96::77 }",
                "add element inet weir sources4 { 10.96.0.1 . tcp . 80 : goto withheld }",
                "add element inet weir inner4 { 192.0.2.1 . tcp . 30081 : 1 }",
                "delete element inet weir eps4 { 192.0.2.1 . tcp . 30080 . 0x21000001 }",
                "flush chain inet weir lb4-2-keep3600",
                "flush chain inet weir withheld",
                "delete element inet weir ids4 { 10.96.0.9 . tcp . 80 . 0x01000001 }",
            })
    void whatSomebodyElseBreaksIsNoticedAndMended(String nft) throws Exception {
        assertThat(plane.verify()).isEmpty();
        String before = essence(lab.nft("list", "table", "inet", "weir"));

        lab.nft(nft.split(" "));

        assertThat(plane.verify()).isNotEmpty();
        assertThat(plane.repair()).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
        String after = essence(lab.nft("list", "table", "inet", "weir"));
        assertThat(after.lines().map(String::strip).sorted())
                .containsExactlyElementsOf(before.lines().map(String::strip).sorted().toList());
        assertThat(lab.tcp(A, SERVICE.address(), 80)).isEqualTo("B " + Lab.A4);
        assertThat(lab.tcp(A, SERVICE6.address(), 80)).matches("[AB] .*");
        assertThat(lab.tcp(OUT, Lab.B4, 8080)).isEqualTo(Lab.SILENCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFlushedRulesetClosesPodsInsteadOfOpeningThem(boolean v6) throws Exception {
        lab.nft("flush", "ruleset");

        for (Place from : List.of(A, OUT)) {
            assertThat(lab.tcp(from, B.address(v6), 8080))
                    .as("%s", from)
                    .isIn(Lab.PROHIBITED, Lab.SILENCE);
        }
        assertThat(lab.tcp(A, OUT.address(v6), 8080)).isIn(Lab.PROHIBITED, Lab.SILENCE);
        assertThat(lab.tcp(NODE, B.address(v6), 8080)).isEqualTo("B " + NODE.address(v6));
        assertThat(lab.tcp(OUT, NODE.address(v6), 8080)).isEqualTo("NODE " + OUT.address(v6));

        assertThat(plane.repair()).isEqualTo(Outcome.DONE);
        assertThat(lab.tcp(A, B.address(v6), 8080)).isEqualTo("B " + A.address(v6));
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rule del pref 15702", "-6 rule del pref 15701"})
    void theSecondLockIsMended(String words) throws Exception {
        lab.ip(NODE, words);

        assertThat(plane.verify()).isNotEmpty();
        assertThat(plane.repair()).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
    }

    @Test
    void whenGenerationsStartOverNoOldJudgementComesBack() throws Exception {
        plane.close();
        lab.nft(
                "flush set inet weir current; flush map inet weir stamp;"
                        + "add element inet weir current { 0x0400fffe, 0x0500fffe,"
                        + " 0x1500fffe, 0x2500fffe, 0x3500fffe };"
                        + "add element inet weir stamp {"
                        + " 0 : 0x0400fffe, 0x01000000 : 0x0500fffe,"
                        + " 0x11000000 : 0x1500fffe, 0x21000000 : 0x2500fffe,"
                        + " 0x31000000 : 0x3500fffe }");
        restart();
        try (Lab.Connection connection = lab.connect(A, Lab.B4, 8080)) {
            for (int i = 0; i < 4; i++) {
                images.group("web", Lab.A4, Lab.OUT4, Lab.OUT6).applyTo(plane);
                images.group("web", Lab.A4).applyTo(plane);
                assertThat(connection.echoes()).as("still allowed, round %d", i).isTrue();
            }
            images.group("web").applyTo(plane);
            assertThat(connection.echoes()).isFalse();
        }
        assertThat(plane.verify()).isEmpty();
        assertThat(lab.nft("list", "set", "inet", "weir", "current")).contains("0x0400000");
    }

    @Test
    void aTableOfAnotherLayoutIsReplaced() throws Exception {
        plane.close();
        lab.nft("delete", "table", "inet", "weir");
        lab.nft("add table inet weir; add set inet weir pods4 { type ifname; }");

        assertThat(restart()).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
        assertThat(lab.tcp(A, SERVICE.address(), 80)).isEqualTo("B " + Lab.A4);
    }

    @Test
    void oneBadServiceHidesNoOther() throws Exception {
        Frontend bad = frontend(vip(false, 2), Protocol.TCP, 80);
        Frontend good = frontend(vip(false, 3), Protocol.TCP, 80);
        Outcome outcome =
                images.service(bad, backend(B, true, 8080))
                        .service(good, backend(B, false, 8080))
                        .applyTo(plane);

        assertThat(outcome.problems()).hasSize(1);
        assertThat(outcome.problems().values().iterator().next()).contains("address family");
        assertThat(lab.tcp(A, good.address(), 80)).isEqualTo("B " + Lab.A4);
    }

    @Test
    void oneOfManyServicesChangesWhileTheOthersCarryOn() throws Exception {
        Map<Frontend, Backends> many = new HashMap<>(images.image().services());
        for (int i = 0; i < MANY; i++) {
            IpAddress address = IpAddress.of("10.96.100.0").plus(i);
            Key key = new Key("Service", "default", "many" + i);
            IpAddress pod = IpAddress.of("10.1.100.0").plus(i);
            List<Backend> ten =
                    IntStream.range(0, 10)
                            .mapToObj(slot -> new Backend(pod, 8000 + slot, false))
                            .toList();
            many.put(frontend(address, Protocol.TCP, 80), new Backends(key, ten));
        }
        images.services(many);

        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);
        long load = images.lastNanos();
        long[] endpoint = new long[50];
        for (int i = 0; i < endpoint.length; i++) {
            images.service(SERVICE, backend(B, false, 8080), backend(OUT, false, 9000 + i))
                    .applyTo(plane);
            endpoint[i] = images.lastCpuNanos();
        }
        long[] policy = new long[10];
        for (int i = 0; i < policy.length; i++) {
            images.pod(B, allow(new Filter.Anyone(), tcp(8080, 8080 + i)), Filter.OPEN)
                    .applyTo(plane);
            policy[i] = images.lastNanos();
        }
        long start = System.nanoTime();
        assertThat(restart()).isEqualTo(Outcome.DONE);
        long restart = System.nanoTime() - start;

        assertThat(lab.tcp(A, IpAddress.of("10.96.100.7"), 80)).isEqualTo(Lab.SILENCE);
        System.out.printf(
                MANY
                        + " Services of 10 endpoints: load %d ms, one endpoint %.2f ms,"
                        + " one policy %.2f ms (medians), restart %d ms%n",
                load / 1_000_000,
                median(endpoint) / 1e6,
                median(policy) / 1e6,
                restart / 1_000_000);
    }

    private static long median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
