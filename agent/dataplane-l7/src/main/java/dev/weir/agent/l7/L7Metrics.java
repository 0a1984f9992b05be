package dev.weir.agent.l7;

import dev.weir.agent.l7.proxy.Metrics;
import dev.weir.agent.l7.proxy.Traffic;
import dev.weir.model.Key;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the proxy did, in Prometheus' text format. Labels are names of routes and Services that the
 * tables have, and nothing that a client sends. Pure.
 */
final class L7Metrics {
    private static final String[] CODES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    private static final double MICROS = 1e6;
    private static final double MILLIS = 1e3;

    private final StringBuilder text = new StringBuilder();

    private L7Metrics() {}

    static String text(Metrics metrics) {
        L7Metrics out = new L7Metrics();
        out.one("weir_l7_clients", "gauge", "Open connections of clients.", metrics.clients());
        out.one("weir_l7_backends", "gauge", "Open connections to endpoints.", metrics.backends());
        out.one("weir_l7_accepted_total", "counter", "Connections taken.", metrics.accepted());
        out.one(
                "weir_l7_turned_away_total",
                "counter",
                "Connections beyond the limit.",
                metrics.turnedAway());
        out.one(
                "weir_l7_handshakes_refused_total",
                "counter",
                "TLS handshakes for names without a certificate.",
                metrics.handshakesRefused());
        out.one(
                "weir_l7_attempts_failed_total",
                "counter",
                "Endpoints that could not be reached, or closed before an answer.",
                metrics.attemptsFailed());
        out.one(
                "weir_l7_access_log_dropped_total",
                "counter",
                "Lines of the access log that its target was too slow for.",
                metrics.linesDropped());
        Map<String, Traffic> routes = new TreeMap<>();
        routes.put("kind=\"\",namespace=\"\",name=\"\"", metrics.unrouted());
        metrics.objects().forEach((key, traffic) -> routes.put(labels(key), traffic));
        out.requests("weir_l7_route", "Requests by the route that took them", routes);
        Map<String, Traffic> services =
                metrics.services().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        entry ->
                                                "namespace=\"%s\",service=\"%s\",port=\"%d\""
                                                        .formatted(
                                                                entry.getKey().namespace(),
                                                                entry.getKey().service(),
                                                                entry.getKey().port()),
                                        Map.Entry::getValue,
                                        (a, b) -> a,
                                        TreeMap::new));
        out.requests("weir_l7_service", "Requests by the Service that answered them", services);
        return out.text.toString();
    }

    private static String labels(Key key) {
        return "kind=\"%s\",namespace=\"%s\",name=\"%s\""
                .formatted(key.kind(), key.namespace(), key.name());
    }

    private void one(String name, String type, String help, long value) {
        head(name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void requests(String prefix, String help, Map<String, Traffic> by) {
        head(prefix + "_requests_total", "counter", help + ", by status.");
        by.forEach(
                (labels, traffic) -> {
                    for (int i = 0; i < CODES.length; i++) {
                        long count = traffic.statuses().get(i);
                        if (count > 0) {
                            line(
                                    prefix + "_requests_total",
                                    labels + ",code=\"" + CODES[i] + "\"",
                                    count);
                        }
                    }
                });
        head(prefix + "_received_bytes_total", "counter", "Bytes of their bodies.");
        by.forEach((labels, t) -> line(prefix + "_received_bytes_total", labels, t.bytesIn()));
        head(prefix + "_sent_bytes_total", "counter", "Bytes of the responses.");
        by.forEach((labels, t) -> line(prefix + "_sent_bytes_total", labels, t.bytesOut()));
        head(prefix + "_duration_seconds", "histogram", "From a request's head to its end.");
        by.forEach((labels, traffic) -> histogram(prefix + "_duration_seconds", labels, traffic));
    }

    private void histogram(String name, String labels, Traffic traffic) {
        long sum = 0;
        for (int i = 0; i < Traffic.BOUNDS_MILLIS.size(); i++) {
            sum += traffic.latencies().get(i);
            double bound = Traffic.BOUNDS_MILLIS.get(i) / MILLIS;
            line(name + "_bucket", labels + ",le=\"" + bound + "\"", sum);
        }
        line(name + "_bucket", labels + ",le=\"+Inf\"", traffic.requests());
        text.append(name + "_sum{" + labels + "} " + traffic.micros() / MICROS + "\n");
        line(name + "_count", labels, traffic.requests());
    }

    private void line(String name, String labels, long value) {
        text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }
}
