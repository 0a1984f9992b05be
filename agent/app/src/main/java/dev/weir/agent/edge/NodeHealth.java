package dev.weir.agent.edge;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The node's own health, as kube-proxy tells it: {@code /healthz} is 200 when the node is healthy
 * and eligible, {@code /livez} when it is healthy, else 503. Beside these, {@code /metrics} is what
 * its Services carry. Where it cannot listen it warns once, and tries again.
 *
 * @see <a href="https://kep.k8s.io/3836">KEP-3836</a>
 */
public final class NodeHealth implements AutoCloseable {
    /** At the same time; each lasts for one request. */
    private static final int CONNECTIONS = 64;

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Logger LOG = Logger.getLogger(NodeHealth.class);

    private final Supplier<NodeCondition> condition;
    private final Supplier<String> metrics;
    private final Clock clock;
    private final Listeners listeners =
            new Listeners(
                    CONNECTIONS,
                    Thread.ofVirtual().name("healthz").factory(),
                    connection -> Http.serve(connection, this::page));
    private final Thread opening;

    private NodeHealth(Supplier<NodeCondition> condition, Supplier<String> metrics, Clock clock) {
        this.condition = condition;
        this.metrics = metrics;
        this.clock = clock;
        this.opening = Thread.ofVirtual().name("healthz").unstarted(this::open);
    }

    /**
     * Answers at these addresses from now on, or as soon as it can.
     *
     * @param node whose health it is
     * @param metrics in Prometheus' text format; throws IllegalStateException if there are none now
     */
    public static NodeHealth start(
            Key node,
            List<InetSocketAddress> at,
            Supplier<NodeCondition> condition,
            Supplier<String> metrics,
            Clock clock) {
        NodeHealth health = new NodeHealth(condition, metrics, clock);
        at.forEach(address -> health.listeners.want(address, node));
        health.opening.start();
        return health;
    }

    /**
     * Reads where to answer.
     *
     * @param text a port, of the node's addresses, or {@code ADDRESS:PORT} with IPv6 addresses in
     *     brackets
     * @throws IllegalArgumentException if it is neither
     */
    public static List<InetSocketAddress> places(String text, List<IpAddress> node) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException(
                    "weir.agent.healthz: \"" + text + "\" is neither PORT nor ADDRESS:PORT");
        }
        List<IpAddress> addresses =
                colon < 0
                        ? node
                        : List.of(
                                IpAddress.of(
                                        text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1")));
        return addresses.stream()
                .map(
                        address ->
                                new InetSocketAddress(
                                        address.toInetAddress(), Integer.parseInt(port)))
                .toList();
    }

    private void open() {
        boolean told = false;
        try {
            while (!Thread.interrupted()) {
                Map<Key, String> problems = listeners.apply();
                if (problems.isEmpty()) {
                    return;
                }
                if (!told) {
                    LOG.warnf("The node's health: %s", String.join("; ", problems.values()));
                    told = true;
                }
                Thread.sleep(RETRY);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private Http.Answer page(String path) {
        return path.equals("/metrics") ? metrics() : health(path);
    }

    private Http.Answer metrics() {
        Map<String, String> headers = Map.of("Content-Type", ServiceMetrics.CONTENT_TYPE);
        try {
            return new Http.Answer(200, headers, metrics.get());
        } catch (IllegalStateException e) {
            LOG.warnf("Nothing to tell of the Services' traffic: %s", e.getMessage());
            return Http.Answer.of(503);
        }
    }

    private Http.Answer health(String path) {
        NodeCondition now = condition.get();
        String times =
                """
                "lastUpdated": "%s","currentTime": "%s\"\
                """
                        .formatted(
                                now.lastUpdated().map(Instant::toString).orElse(""),
                                clock.instant());
        return switch (path) {
            case "/healthz" ->
                    answer(
                            now.healthy() && now.eligible(),
                            "{" + times + ", \"nodeEligible\": " + now.eligible() + "}");
            case "/livez" -> answer(now.healthy(), "{" + times + "}");
            default -> Http.Answer.of(404);
        };
    }

    private static Http.Answer answer(boolean good, String body) {
        return new Http.Answer(good ? 200 : 503, Map.of(), body);
    }

    @Override
    public void close() {
        opening.interrupt();
        try {
            opening.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listeners.close();
    }
}
