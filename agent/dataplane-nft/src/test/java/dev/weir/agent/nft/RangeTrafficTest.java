package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static dev.weir.agent.nft.Lab.Place.OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of cluster IPs that come and go; real packets. */
class RangeTrafficTest extends TrafficTest {
    private static final List<Cidr> OWN = Images.SETTINGS.serviceCidrs();
    private static final Cidr MORE4 = Cidr.of("10.97.0.0/16");
    private static final Cidr MORE6 = Cidr.of("fd97::/64");

    private static IpAddress more(boolean v6, int number) {
        return IpAddress.of((v6 ? "fd97::" : "10.97.0.") + number);
    }

    private static Cidr[] with(Cidr... added) {
        List<Cidr> all = new ArrayList<>(OWN);
        all.addAll(List.of(added));
        return all.toArray(Cidr[]::new);
    }

    /** True if this node does not drop packets to the address for want of a Service. */
    private boolean leaves(IpAddress address) throws Exception {
        lab.nft("reset", "counters");
        lab.tcp(A, address, 80);
        return lab.nft("list", "counter", "inet", "weir", "vacant").contains("packets 0 bytes 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAddedRangeIsOneOfClusterIps(boolean v6) throws Exception {
        Frontend web = frontend(more(v6, 1), Protocol.TCP, 80);
        Images images = Images.withPods();
        images.applyTo(plane);
        assertThat(leaves(more(v6, 2))).as("nobody's address").isTrue();

        images.ranges(with(MORE4, MORE6)).service(web, backend(B, v6, 8080));
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        assertThat(lab.tcp(A, web.address(), 80)).isEqualTo("B " + A.address(v6));
        assertThat(lab.tcp(OUT, web.address(), 80))
                .as("masqueraded, as on the way to any cluster IP")
                .isEqualTo("B " + NODE.address(v6));
        assertThat(lab.tcp(A, web.address(), 81)).as("another port").isEqualTo(Lab.REFUSED);
        assertThat(lab.tcp(A, more(v6, 2), 80)).isEqualTo(Lab.SILENCE);
        assertThat(leaves(more(v6, 2))).as("no Service has it").isFalse();
        assertThat(leaves(Images.vip(v6, 2))).as("nor one of the settings").isFalse();
        assertThat(plane.verify()).isEmpty();

        images.withoutService(web).ranges(with());
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);
        assertThat(leaves(more(v6, 2))).as("nobody's again").isTrue();
        assertThat(leaves(Images.vip(v6, 2))).isFalse();
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServiceMayComeBeforeItsRange(boolean v6) throws Exception {
        Frontend web = frontend(more(v6, 1), Protocol.TCP, 80);
        Images images = Images.withPods().service(web, backend(B, v6, 8080));
        images.applyTo(plane);

        images.ranges(with(MORE4, MORE6)).applyTo(plane);

        assertThat(lab.tcp(OUT, web.address(), 80)).isEqualTo("B " + NODE.address(v6));
        assertThat(lab.tcp(A, web.address(), 81)).isEqualTo(Lab.REFUSED);
    }

    @Test
    void rangesMayTouchAndOverlap() throws Exception {
        Images images = Images.withPods().ranges(with(MORE4));
        images.applyTo(plane);

        images.ranges(with(MORE4, Cidr.of("10.97.3.0/24"), Cidr.of("10.98.0.0/16"), MORE6));
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
        assertThat(leaves(IpAddress.of("10.98.0.7"))).isFalse();
        images.ranges(with(Cidr.of("10.97.3.0/24"), Cidr.of("255.255.255.0/24")));
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);

        assertThat(plane.verify()).isEmpty();
        assertThat(leaves(IpAddress.of("10.98.0.7"))).isTrue();
        assertThat(leaves(IpAddress.of("10.97.3.7"))).isFalse();
        assertThat(leaves(IpAddress.of("10.97.4.7"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flush set inet weir vips4",
                "flush set inet weir vips6",
                "delete element inet weir vips6 { fd97::/64 }",
                "add element inet weir vips4 { 10.99.0.0/16 }",
            })
    void whatSomebodyElseChangesIsMended(String nft) throws Exception {
        Images images = Images.withPods().ranges(with(MORE4, MORE6));
        images.applyTo(plane);
        assertThat(plane.verify()).isEmpty();

        lab.nft(nft.split(" "));

        assertThat(plane.verify()).isNotEmpty();
        assertThat(plane.repair()).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
        assertThat(leaves(more(false, 2))).isFalse();
        assertThat(leaves(more(true, 2))).isFalse();
        assertThat(leaves(IpAddress.of("10.99.0.1"))).isTrue();
    }

    @Test
    void aNewAgentTakesOverTheRangesThatAreThereNow() throws Exception {
        Images images = Images.withPods().ranges(with(MORE4, MORE6));
        images.applyTo(plane);
        plane.close();
        plane = NftDataPlaneProvider.open(Images.SETTINGS, lab.namespace(NODE));

        NodeImage now = images.ranges(with(MORE6)).image();
        assertThat(plane.apply(now, NodeDelta.between(NodeImage.EMPTY, now)))
                .isEqualTo(Outcome.DONE);

        assertThat(leaves(more(false, 2))).isTrue();
        assertThat(leaves(more(true, 2))).isFalse();
        assertThat(plane.verify()).isEmpty();
    }
}
