package dev.weir.dns.responder;

import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.zone.DnsEndpoint;
import dev.weir.dns.zone.DnsService;
import dev.weir.dns.zone.SampleZone;
import dev.weir.dns.zone.Zone;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Prints how many answers a second one responder thread gives over loopback, and the CPU time of
 * each, against a plain echo on the same kind of thread. Read the ratio, not the numbers.
 */
final class AnswerRate {
    private static final int SERVICES = 10_000;
    private static final int WINDOW = 32;
    private static final long RUN_NANOS = 3_000_000_000L;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private AnswerRate() {}

    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        Zone zone = Zone.empty(SampleZone.SETTINGS).apply(SampleZone.puts(services(), "prod"), 1);
        System.out.printf(
                "zone of %d services: %d ms%n", SERVICES, (System.nanoTime() - start) / 1_000_000);
        changeRate(zone);
        largeSetRate(zone);
        Zone served = zone.inSync();
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        for (int round = 0; round < 3; round++) {
            try (DatagramChannel echo = DatagramChannel.open().bind(any)) {
                Thread thread = Thread.ofPlatform().name("echo").daemon().start(() -> echo(echo));
                measure("echo", (InetSocketAddress) echo.getLocalAddress(), "s77", thread);
            }
            try (Responder responder =
                    Responder.open(
                            List.of(any),
                            () -> served,
                            Forwarder.none(),
                            ResponderConfig.DEFAULT)) {
                InetSocketAddress server = responder.addresses().getFirst();
                Thread thread =
                        Thread.getAllStackTraces().keySet().stream()
                                .filter(t -> t.getName().equals("dns-udp-" + server))
                                .findFirst()
                                .orElseThrow();
                measure("answer", server, "s77", thread);
                measure("nxdomain", server, "absent", thread);
            }
        }
    }

    private static List<DnsService> services() {
        return IntStream.range(0, SERVICES)
                .mapToObj(
                        i ->
                                SampleZone.cluster(
                                        "s" + i,
                                        List.of("10.97." + i / 250 + "." + (1 + i % 250)),
                                        SampleZone.tcp("http", 80)))
                .toList();
    }

    private static void changeRate(Zone zone) {
        Zone next = zone;
        long start = 0;
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                start = System.nanoTime();
            }
            String ip = "10.98." + i / 250 + "." + (1 + i % 250);
            DnsService moved = SampleZone.cluster("s77", List.of(ip), SampleZone.tcp("http", 80));
            next = next.apply(SampleZone.puts(List.of(moved)), i);
        }
        System.out.printf(
                "one service changed: %.1f us%n", (System.nanoTime() - start) / 1e3 / 10_000);
    }

    /** One endpoint of a large headless Service comes or goes. */
    private static void largeSetRate(Zone zone) {
        DnsEndpoint[] endpoints =
                IntStream.range(0, 5000)
                        .mapToObj(i -> "10.244.%d.%d".formatted(i / 250, 1 + i % 250))
                        .map(ip -> SampleZone.endpoint(null, ip, true, SampleZone.tcp("p", 1)))
                        .toArray(DnsEndpoint[]::new);
        DnsService all = SampleZone.headless("many", endpoints);
        DnsService fewer =
                SampleZone.headless("many", Arrays.copyOf(endpoints, endpoints.length - 1));
        Zone next = zone;
        long start = 0;
        for (int i = 0; i < 300; i++) {
            if (i == 200) {
                start = System.nanoTime();
            }
            next = next.apply(SampleZone.puts(List.of(i % 2 == 0 ? all : fewer)), i);
        }
        System.out.printf(
                "one endpoint of 5,000 changed: %.1f ms%n",
                (System.nanoTime() - start) / 1e6 / 100);
    }

    private static void measure(
            String what, InetSocketAddress server, String service, Thread thread)
            throws IOException {
        byte[] query = Served.query(service + ".prod.svc.cluster.local", "A").toWire();
        ByteBuffer out = ByteBuffer.allocateDirect(query.length).put(query).flip();
        ByteBuffer in = ByteBuffer.allocateDirect(4096);
        long count = 0;
        try (DatagramChannel client = DatagramChannel.open().connect(server)) {
            long cpu = THREADS.getThreadCpuTime(thread.threadId());
            long start = System.nanoTime();
            while (System.nanoTime() - start < RUN_NANOS) {
                for (int i = 0; i < WINDOW; i++) {
                    client.write(out.rewind());
                }
                for (int i = 0; i < WINDOW; i++) {
                    client.read(in.clear());
                }
                count += WINDOW;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuMicros = (THREADS.getThreadCpuTime(thread.threadId()) - cpu) / 1e3;
            System.out.printf(
                    "%-9s %,9.0f /s  %5.2f us CPU of the server thread%n",
                    what, count / seconds, cpuMicros / count);
        }
    }

    private static void echo(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        try {
            while (true) {
                SocketAddress peer = channel.receive(buffer.clear());
                channel.send(buffer.flip(), peer);
            }
        } catch (ClosedChannelException e) {
            return;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
