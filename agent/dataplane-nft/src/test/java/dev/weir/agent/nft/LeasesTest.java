package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.vip;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Frontend;
import dev.weir.model.Protocol;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is leased is our own doing: nobody has to look whether somebody touched the ruleset. */
class LeasesTest extends TrafficTest {
    private static final Duration VALIDITY = Duration.ofMillis(200);

    @Test
    void leasesThatAreRenewedAndThatRunOutDisturbNothing() throws Exception {
        Images.withPods().applyTo(plane);
        try (Kernel kernel = Kernel.open(lab.namespace(NODE))) {
            Leases leases = new Leases(kernel.leases());
            leases.left(kernel.tables());

            for (boolean v6 : new boolean[] {false, true}) {
                Frontend dns = new Frontend(vip(v6, 1), Protocol.UDP, 53);
                Endpoint here = new Endpoint(NODE.address(v6), 53);
                leases.grant(dns, here, VALIDITY);
                leases.grant(dns, here, VALIDITY);
                Thread.sleep(VALIDITY.multipliedBy(2));
                leases.grant(dns, here, VALIDITY);
            }

            assertThat(leases.untouched(kernel.tables())).isTrue();
        }
    }
}
