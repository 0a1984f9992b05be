package dev.weir.agent.edge;

import dev.weir.agent.spi.Traffic;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What came to the ports of Services on this node, as Prometheus reads it. Pure.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">the text format</a>
 */
public final class ServiceMetrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private record Metric(String name, String help, ToLongFunction<Traffic> value) {}

    private static final List<Metric> METRICS =
            List.of(
                    new Metric(
                            "weir_service_connections_total",
                            "Connections sent to an endpoint.",
                            Traffic::connections),
                    new Metric(
                            "weir_service_refused_total",
                            "Connections refused for want of an endpoint.",
                            Traffic::refused),
                    new Metric(
                            "weir_service_packets_total",
                            "Packets of its connections, both directions.",
                            Traffic::packets),
                    new Metric(
                            "weir_service_bytes_total",
                            "Bytes of its packets, with the IP header.",
                            Traffic::bytes));

    private ServiceMetrics() {}

    /**
     * In the order of addresses. Whose clients they are makes no difference here.
     *
     * @param service of a frontend; what has none is left out
     * @param metered whether packets and bytes are counted; else they are left out
     */
    public static String text(
            List<Traffic> traffic, Function<Frontend, Optional<Key>> service, boolean metered) {
        Map<Frontend, Traffic> sums = new TreeMap<>();
        Map<Frontend, Key> services = new TreeMap<>();
        for (Traffic one : traffic) {
            service.apply(one.frontend())
                    .ifPresent(
                            key -> {
                                Frontend port = one.frontend().of(Clients.ANYBODY);
                                services.put(port, key);
                                sums.merge(port, one, (a, b) -> sum(port, a, b));
                            });
        }
        StringBuilder text = new StringBuilder();
        for (Metric metric : metered ? METRICS : METRICS.subList(0, 2)) {
            text.append("# HELP " + metric.name() + " " + metric.help() + "\n");
            text.append("# TYPE " + metric.name() + " counter\n");
            services.forEach(
                    (port, key) -> {
                        long value =
                                metric.value().applyAsLong(sums.getOrDefault(port, none(port)));
                        text.append(metric.name() + labels(key, port) + " " + value + "\n");
                    });
        }
        return text.toString();
    }

    private static Traffic none(Frontend port) {
        return new Traffic(port, 0, 0);
    }

    private static Traffic sum(Frontend port, Traffic a, Traffic b) {
        return new Traffic(
                port,
                a.connections() + b.connections(),
                a.refused() + b.refused(),
                a.packets() + b.packets(),
                a.bytes() + b.bytes());
    }

    private static String labels(Key service, Frontend port) {
        return ("{namespace=\"%s\",service=\"%s\",port=\"%d\",protocol=\"%s\"," + "address=\"%s\"}")
                .formatted(
                        escaped(service.namespace()),
                        escaped(service.name()),
                        port.port(),
                        port.protocol(),
                        port.address());
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
