package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.backend;
import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Images.vip;
import static dev.weir.agent.nft.Lab.Place.A;
import static dev.weir.agent.nft.Lab.Place.B;
import static dev.weir.agent.nft.Lab.Place.NODE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Arrays;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What counting packets costs each of them: {@code mvn test -pl agent/dataplane-nft
 * -Dtest=MeterCostTest -Dweir.measure=true}. CPU of the two threads that send, in whose time the
 * kernel brings a packet all the way to the other pod.
 */
@EnabledIfSystemProperty(named = "weir.measure", matches = "true")
class MeterCostTest extends TrafficTest {
    private static final int QUESTIONS = 10_000;
    private static final int ROUNDS = 15;
    private static final int SERVICES = 1_000;
    private static final int PORT = 5_353;
    private static final int PATIENCE_MILLIS = 5_000;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLookUpForEachPacket(boolean v6) throws Exception {
        Frontend udp = frontend(vip(v6, 1), Protocol.UDP, 53);
        Images images = Images.withPods().service(udp, backend(B, v6, PORT));
        for (int i = 0; i < SERVICES; i++) {
            images.service(frontend(vip(v6, 2), Protocol.UDP, 1_000 + i), backend(B, v6, PORT));
        }
        double[] plain = new double[ROUNDS];
        double[] counting = new double[ROUNDS];
        double[] more = new double[ROUNDS];
        IpAddress b = B.address(v6);
        try (DatagramSocket server =
                        lab.namespace(B).call(() -> new DatagramSocket(PORT, b.toInetAddress()));
                DatagramSocket client = lab.namespace(A).call(() -> new DatagramSocket())) {
            client.connect(udp.address().toInetAddress(), 53);
            client.setSoTimeout(PATIENCE_MILLIS);
            server.setSoTimeout(PATIENCE_MILLIS);
            // The first is for compilers and caches.
            for (int round = -1; round < ROUNDS; round++) {
                double without = nanosOfAPacket(images, false, client, server);
                double with = nanosOfAPacket(images, true, client, server);
                if (round >= 0) {
                    plain[round] = without;
                    counting[round] = with;
                    more[round] = with - without;
                }
            }
        }
        System.out.printf(
                "%s, CPU of a packet, medians of %d rounds: %.0f ns, counting %.0f ns, in the same"
                        + " round %+.0f ns (quartiles %+.0f, %+.0f)%n",
                v6 ? "IPv6" : "IPv4",
                ROUNDS,
                quantile(plain, 0.5),
                quantile(counting, 0.5),
                quantile(more, 0.5),
                quantile(more, 0.25),
                quantile(more, 0.75));
        assertThat(plane.traffic()).anyMatch(traffic -> traffic.packets() >= 2 * QUESTIONS);
    }

    private double nanosOfAPacket(
            Images images, boolean counts, DatagramSocket client, DatagramSocket server)
            throws Exception {
        plane.close();
        plane =
                NftDataPlaneProvider.open(
                        Images.SETTINGS.countingTraffic(counts), lab.namespace(NODE));
        images.applyTo(plane);
        long[] cpu = new long[2];
        Thread answering =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    long before = cpu();
                                    for (int i = 0; i < QUESTIONS; i++) {
                                        answer(server);
                                    }
                                    cpu[1] = cpu() - before;
                                });
        long before = cpu();
        DatagramPacket question = new DatagramPacket(new byte[64], 64);
        for (int i = 0; i < QUESTIONS; i++) {
            client.send(question);
            client.receive(question);
        }
        cpu[0] = cpu() - before;
        answering.join();
        return (double) (cpu[0] + cpu[1]) / (2 * QUESTIONS);
    }

    private static void answer(DatagramSocket server) {
        try {
            DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            server.receive(packet);
            server.send(packet);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static double quantile(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(part * (sorted.length - 1))];
    }
}
