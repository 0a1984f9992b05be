package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Images.vip;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static dev.weir.agent.nft.Lab.Place.OUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.nft.Lab.Place;
import dev.weir.agent.nft.RawSctp.Packet;
import dev.weir.agent.spi.Outcome;
import dev.weir.model.Frontend;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.net.ConnectException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SCTP through a Service: the kernel need not speak it, only track and translate it. */
class SctpTrafficTest extends TrafficTest {
    private static final int CLIENT = 40_001;
    private static final int PORT = 3_868;
    private static final int TAG = 0x1234_5678;
    private static final int WAIT_MILLIS = 400;

    /** One address for each test: an association that was begun outlives it for seconds. */
    private static Frontend frontendAt(boolean v6, int number) {
        return frontend(vip(v6, 60 + number), Protocol.SCTP, PORT);
    }

    private static RawSctp at(Place place, boolean v6) throws Exception {
        IpAddress address = place.address(v6);
        return lab.namespace(place).call(() -> RawSctp.at(address, WAIT_MILLIS));
    }

    private static RawSctp between(Place place, IpAddress peer) throws Exception {
        IpAddress address = place.address(peer.v6());
        return lab.namespace(place).call(() -> RawSctp.between(address, peer, WAIT_MILLIS));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInitArrivesTranslatedAndItsAnswerComesFromTheService(boolean v6) throws Exception {
        Frontend sctp = frontendAt(v6, 1);
        Images images = Images.withPods().service(sctp, backend(B, v6, 2_905));
        assertThat(images.applyTo(plane)).isEqualTo(Outcome.DONE);
        for (Place from : new Place[] {A, OUT}) {
            try (RawSctp client = between(from, sctp.address());
                    RawSctp server = at(B, v6)) {
                client.send(CLIENT, PORT, 0, RawSctp.INIT, TAG);

                Packet init = server.receive().orElseThrow();
                assertThat(init.port()).isEqualTo(2_905);
                assertThat(init.tag()).isEqualTo(TAG);
                assertThat(init.chunk()).isEqualTo(RawSctp.INIT);
                assertThat(init.whole()).as("the checksum fits the new ports").isTrue();
                assertThat(init.from())
                        .as("%s", from)
                        .isEqualTo(from == A ? A.address(v6) : NODE.address(v6));

                IpAddress peer = init.from();
                try (RawSctp back = between(B, peer)) {
                    back.send(2_905, init.sourcePort(), TAG, RawSctp.INIT_ACK, 99);
                }
                Packet answer = client.receive().orElseThrow();
                assertThat(answer)
                        .isEqualTo(
                                new Packet(
                                        sctp.address(), PORT, CLIENT, 99, RawSctp.INIT_ACK, true));
            }
        }
        assertThat(plane.verify()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutEndpointsItIsRefusedOrLeftWaiting(boolean v6) throws Exception {
        Frontend none = frontendAt(v6, 2);
        Frontend withheld = frontendAt(v6, 3);
        Images.withPods().service(none).service(withheld, Handling.SILENT).applyTo(plane);

        try (RawSctp client = between(A, none.address())) {
            client.send(CLIENT, PORT, 0, RawSctp.INIT, TAG);
            assertThatThrownBy(client::receive).isInstanceOf(ConnectException.class);
        }
        try (RawSctp client = between(A, withheld.address())) {
            client.send(CLIENT, PORT, 0, RawSctp.INIT, TAG);
            assertThat(client.receive()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInitThatNobodyAnsweredGoesWhereTheServiceLeadsNow(boolean v6) throws Exception {
        Frontend sctp = frontendAt(v6, 4);
        Images images = Images.withPods().service(sctp, backend(B, v6, 2_905));
        images.applyTo(plane);
        try (RawSctp client = between(OUT, sctp.address());
                RawSctp former = at(B, v6);
                RawSctp next = at(A, v6)) {
            client.send(CLIENT, PORT, 0, RawSctp.INIT, TAG);
            assertThat(former.receive()).isPresent();

            images.service(sctp, backend(A, v6, 2_906)).applyTo(plane);
            client.send(CLIENT, PORT, 0, RawSctp.INIT, TAG);

            assertThat(next.receive()).map(Packet::port).contains(2_906);
            assertThat(former.receive()).isEmpty();
        }
    }
}
