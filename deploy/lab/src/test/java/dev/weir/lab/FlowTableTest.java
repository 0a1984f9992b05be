package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Session;
import dev.weir.client.WeirClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of what becomes of connections to Services holds for real packets, TCP and UDP, IPv4
 * and IPv6; and {@code weir why} says the same.
 */
class FlowTableTest {
    /** Long enough to take silence for a drop. */
    private static final Duration SILENCE = Duration.ofMillis(400);

    /** For an answer, on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Connections that meet nobody but whom the table names; and until all of these were met. */
    private static final int TRIES = 8;

    private static final int MOST_TRIES = 80;
    private static final int AT_ONCE = 16;

    @TempDir Path data;

    @Test
    @Timeout(300)
    void packetsAndModelGoWhereTheTableSays() throws Exception {
        Session session = Packaged.session(data);
        try (RunningLab lab = new RunningLab(session, data, Shape.STANDALONE)) {
            lab.up();
            List<Flow> flows = Flow.all();
            FlowParties parties = FlowParties.in(lab, data);

            List<String> differences = new ArrayList<>();
            try (WeirClient client = lab.client();
                    ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE)) {
                List<Future<Optional<String>>> tried = new ArrayList<>();
                FlowModel model = new FlowModel(client, parties.endpoints());
                for (Flow flow : flows) {
                    for (int family = 0; family < 2; family++) {
                        for (String protocol : List.of("TCP", "UDP")) {
                            var to = FlowServices.destination(client, flow, family, protocol);
                            tried.add(
                                    executor.submit(
                                            () -> {
                                                var says = model.says(flow, protocol, to);
                                                var met = met(parties, flow, protocol, to);
                                                return difference(flow, protocol, to, says, met);
                                            }));
                        }
                    }
                }
                for (Future<Optional<String>> one : tried) {
                    one.get().ifPresent(differences::add);
                }
                assertThat(tried).hasSizeGreaterThan(1_000);
            }

            assertThat(differences).isEmpty();
        }
    }

    /** Tells what is not as the table has it; empty when all is. */
    private static Optional<String> difference(
            Flow flow,
            String protocol,
            Map.Entry<String, Integer> to,
            TreeSet<String> model,
            TreeSet<String> packets) {
        boolean same = model.equals(flow.expected()) && packets.equals(flow.expected());
        return same
                ? Optional.empty()
                : Optional.of(
                        "%s %s %s: model %s, packets %s"
                                .formatted(flow, protocol, to, model, packets));
    }

    /** What came of connections, until all that the table names were met. */
    private static TreeSet<String> met(
            FlowParties parties, Flow flow, String protocol, Map.Entry<String, Integer> to)
            throws IOException, InterruptedException {
        InetSocketAddress destination = new InetSocketAddress(to.getKey(), to.getValue());
        boolean silence = flow.expected().contains(Flow.DROP);
        TreeSet<String> met = new TreeSet<>();
        for (int i = 0; i < (flow.isAnswered() ? MOST_TRIES : 1); i++) {
            if (i >= TRIES && met.equals(flow.expected())) {
                break;
            }
            String answer =
                    FlowPackets.ask(
                            parties.namespace(flow.source()),
                            protocol,
                            destination,
                            silence ? SILENCE : PATIENCE);
            met.add(parties.seen(flow, answer));
            if (!flow.expected().containsAll(met)) {
                break;
            }
        }
        return met;
    }
}
