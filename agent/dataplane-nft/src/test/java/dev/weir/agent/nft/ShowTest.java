package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Images.vip;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.Programmed;
import dev.weir.agent.spi.Traffic;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the plane tells of one frontend, against the real kernel. */
class ShowTest extends TrafficTest {
    private static String map(String name, boolean v6) {
        return name + (v6 ? "6" : "4");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyElementOfAFrontendIsToldInOrder(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Handling handling =
                Handling.PLAIN
                        .keepingFor(60)
                        .onlyFor(List.of(Cidr.host(A.address(v6)), Cidr.host(B.address(v6))));
        Images images =
                Images.withPods()
                        .service(tcp, handling, backend(A, v6, 8080))
                        .service(tcp.of(Clients.OWN), Handling.SILENT);
        images.applyTo(plane);
        plane.lease(tcp, backend(NODE, v6, 8081), Duration.ofSeconds(30));

        String key = vip(v6, 1) + " . tcp . 80";
        List<Programmed> shown = plane.show(tcp);

        assertThat(shown).extracting(Programmed::difference).containsOnly("");
        assertThat(shown)
                .extracting(Programmed::map)
                .containsExactly(
                        map("live", v6),
                        map("sources", v6),
                        map("near", v6),
                        map("svc", v6),
                        map("ids", v6),
                        map("eps", v6));
        assertThat(shown.get(1).value()).matches("jump src[46]-[0-9a-f]{16}");
        assertThat(shown.get(2))
                .isEqualTo(new Programmed(map("near", v6), key, NODE.address(v6) + " . 8081", ""));
        assertThat(shown.get(3))
                .isEqualTo(
                        new Programmed(
                                map("svc", v6), key, "goto " + map("lb", v6) + "-1-keep60", ""));
        assertThat(shown.get(4).key()).isEqualTo(key + " . 0x01000000");
        assertThat(shown.get(5).key()).isEqualTo(key + " . " + shown.get(4).value());
        assertThat(shown.get(5).value()).isEqualTo(A.address(v6) + " . 8080");
        assertThat(plane.show(tcp.of(Clients.OWN)))
                .contains(new Programmed(map("inner", v6), key, "goto withheld", ""));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheKernelHasInsteadIsToldToo(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Images images = Images.withPods().service(tcp, backend(A, v6, 8080));
        images.applyTo(plane);
        String table = "element inet weir ";
        String key = vip(v6, 1) + " . tcp . 80";
        lab.nft("delete", table + map("svc", v6) + " { " + key + " }");
        lab.nft("add", table + map("svc", v6) + " { " + key + " : 1 }");
        lab.nft("delete", table + map("eps", v6) + " { " + key + " . 0x01000000 }");
        lab.nft("delete", table + map("live", v6) + " { " + vip(v6, 1) + " }");

        String endpoint = A.address(v6) + " . 8080";
        String chain = "goto " + map("lb", v6) + "-1";
        assertThat(plane.show(tcp))
                .containsExactly(
                        new Programmed(
                                map("live", v6), vip(v6, 1).toString(), "present", "nothing"),
                        new Programmed(map("svc", v6), key, chain, "goto no-endpoints"),
                        new Programmed(map("eps", v6), key + " . 0x01000000", endpoint, "nothing"));

        plane.repair();
        assertThat(plane.show(tcp)).extracting(Programmed::difference).containsOnly("");
        images.withoutService(tcp).applyTo(plane);
        assertThat(plane.show(tcp)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void connectionsAreCountedPerFrontendAndNoChangeForgetsThem(boolean v6) throws Exception {
        Frontend tcp = frontend(vip(v6, 1), Protocol.TCP, 80);
        Frontend other = frontend(vip(v6, 2), Protocol.TCP, 80);
        Images images =
                Images.withPods()
                        .service(tcp, backend(B, v6, 8080))
                        .service(other, backend(B, v6, 8080));
        images.applyTo(plane);
        assertThat(plane.traffic())
                .containsExactlyInAnyOrder(new Traffic(tcp, 0, 0), new Traffic(other, 0, 0));

        try (Lab.Connection connection = lab.connect(A, tcp.address(), 80)) {
            assertThat(connection.echoes()).isTrue();
            assertThat(connection.echoes()).as("packets do not count").isTrue();
        }
        lab.tcp(A, tcp.address(), 80);
        assertThat(plane.traffic()).contains(new Traffic(tcp, 2, 0), new Traffic(other, 0, 0));

        images.service(tcp).applyTo(plane);
        assertThat(lab.tcp(A, tcp.address(), 80)).isEqualTo(Lab.REFUSED);
        assertThat(plane.traffic()).contains(new Traffic(tcp, 2, 1));
        images.service(tcp, backend(A, v6, 8080), backend(B, v6, 8080)).applyTo(plane);
        lab.tcp(A, tcp.address(), 80);
        assertThat(plane.traffic()).contains(new Traffic(tcp, 3, 1), new Traffic(other, 0, 0));

        images.withoutService(tcp).applyTo(plane);
        images.service(tcp, backend(B, v6, 8080)).applyTo(plane);
        assertThat(plane.traffic()).contains(new Traffic(tcp, 0, 0));
        assertThat(plane.verify()).isEmpty();
    }
}
