package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkedBrokerTest {
    @TempDir Path data;

    @Test
    void keepsWhatItHoldsWhenItIsKilledAndWhenItIsEnded() throws Exception {
        try (ForkedBroker broker = ForkedBroker.start(data)) {
            String bootstrap = broker.bootstrap();
            String cluster;
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                cluster = admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS);
                admin.createTopics(List.of(new NewTopic("kept", Optional.of(1), Optional.empty())))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }
            long first = broker.pid();

            broker.restart();

            assertThat(broker.pid()).isNotEqualTo(first);
            assertThat(broker.bootstrap()).isEqualTo(bootstrap);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                assertThat(admin.describeCluster().clusterId().get(20, TimeUnit.SECONDS))
                        .isEqualTo(cluster);
                assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS))
                        .containsExactly("kept");
            }
        }
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", taken.getLocalPort());
            Process broker =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    BrokerMain.class.getName(),
                                    "--data",
                                    data.toString(),
                                    "--listen",
                                    BrokerOptions.text(address))
                            .start();
            String said = new String(broker.getErrorStream().readAllBytes());
            assertThat(broker.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(broker.exitValue()).isEqualTo(2);
            assertThat(said)
                    .startsWith("error: cannot listen on 127.0.0.1:" + address.getPort())
                    .hasLineCount(1);
        }
    }

    @Test
    void saysWhatOptionsItTakes() {
        assertThatThrownBy(() -> BrokerOptions.parse(List.of("--data", "/tmp/x")))
                .hasMessageContaining("--listen is missing");
        assertThatThrownBy(() -> BrokerOptions.parse(List.of("--listen", "nowhere")))
                .hasMessageContaining("takes HOST:PORT or [IPV6]:PORT, not \"nowhere\"");
        assertThatThrownBy(
                        () ->
                                BrokerOptions.parse(
                                        List.of("--data", "/tmp/x", "--listen", "[::]:9092")))
                .hasMessageContaining("--advertise");
        assertThat(
                        BrokerOptions.text(
                                BrokerOptions.parse(
                                                List.of("--data", "d", "--listen", "[::1]:9092"))
                                        .listen()))
                .isEqualTo("[0:0:0:0:0:0:0:1]:9092");
    }
}
