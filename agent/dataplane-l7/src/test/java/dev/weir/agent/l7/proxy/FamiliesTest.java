package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.agent.l7.proxy.Upstream.Endpoint;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

/** IPv4 and IPv6, on both sides. */
class FamiliesTest {
    private static String who(int port, String address) throws IOException {
        try (Client client = new Client(new Socket(address, port))) {
            return client.get("/").read().text();
        }
    }

    @Test
    void clientsAndBackendsAreOfEitherFamily() throws Exception {
        assumeTrue(
                NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null,
                "this host has no IPv6 on loopback");
        Backend.Script mirror =
                (head, in, out) -> {
                    out.write(
                            Backend.response(
                                    Backend.header(head, "x-forwarded-for", "")
                                            + " "
                                            + Backend.header(head, "forwarded", "")));
                    return true;
                };
        try (Backend four = new Backend("127.0.0.1", mirror);
                Backend six = new Backend("::1", mirror);
                Stand stand =
                        new Stand(
                                settings -> settings.withAddresses(List.of(IpAddress.of("::"))))) {
            stand.proxy.endpoints(
                    HashTreePMap.singleton(
                            Tables.WEB,
                            new Upstream(
                                    List.of(
                                            new Endpoint(IpAddress.of("127.0.0.1"), four.port()),
                                            new Endpoint(IpAddress.of("::1"), six.port())))));
            stand.serve(Tables.web(stand.port));

            for (int i = 0; i < 4; i++) {
                assertThat(who(stand.port, "127.0.0.1")).startsWith("127.0.0.1 for=127.0.0.1;");
                assertThat(who(stand.port, "::1")).startsWith("::1 for=\"[::1]\";");
            }

            assertThat(four.requests.get()).isPositive();
            assertThat(six.requests.get()).isPositive();
        }
    }
}
