package dev.weir.routing.compile;

import dev.weir.routing.Certificate;
import dev.weir.routing.HostTable;
import dev.weir.routing.compile.Attachments.Attached;
import dev.weir.routing.compile.Certificates.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The hosts of one port, as Gateways have them. A request belongs to the listener with the
 * narrowest host name that covers its own, and finds routes of that listener only; among those the
 * ones with the narrowest host name come first.
 */
final class GatewayHosts {
    private final boolean tls;

    /** By the listener's host name, then by that of the route within it. */
    private final Map<HostPattern, TreeMap<HostPattern, List<PathRule>>> listeners =
            new TreeMap<>();

    private final Map<HostPattern, Certificate> certificates = new TreeMap<>();

    GatewayHosts(boolean tls) {
        this.tls = tls;
    }

    boolean tls() {
        return tls;
    }

    void add(Entrance entrance, Iterable<Attached> routes) {
        HostPattern host = entrance.host();
        TreeMap<HostPattern, List<PathRule>> within =
                listeners.computeIfAbsent(host, absent -> new TreeMap<>());
        within.computeIfAbsent(host, absent -> new ArrayList<>());
        for (Attached route : routes) {
            for (HostPattern name : route.hosts()) {
                within.computeIfAbsent(name, absent -> new ArrayList<>()).addAll(route.rules());
            }
        }
        certify(host, entrance.certificates());
    }

    /** The first one for the whole host name; each also for the names in it that it has. */
    private void certify(HostPattern host, List<Outcome.Usable> usable) {
        for (Outcome.Usable one : usable) {
            for (String name : one.names()) {
                HostPattern proven = HostPattern.ofIngress(name);
                if (host.covers(proven) && usable.size() > 1) {
                    certificates.putIfAbsent(proven, one.certificate());
                }
            }
        }
        usable.stream()
                .findFirst()
                .ifPresent(first -> certificates.putIfAbsent(host, first.certificate()));
    }

    Map<HostPattern, Certificate> certificates() {
        return certificates;
    }

    Map<HostPattern, HostTable> tables() {
        Map<HostPattern, HostTable> tables = new TreeMap<>();
        listeners.forEach(
                (listener, within) -> {
                    Map<HostPattern, HostTable> own = new TreeMap<>();
                    within.forEach((host, rules) -> own.put(host, PathRule.table(rules)));
                    own.keySet().stream()
                            .filter(host -> isOf(listener, host))
                            .forEach(host -> tables.put(host, chain(own, host)));
                });
        return tables;
    }

    /** Whether no listener has a narrower name for these hosts. */
    private boolean isOf(HostPattern listener, HostPattern host) {
        return covering(host)
                .filter(listeners::containsKey)
                .findFirst()
                .equals(Optional.of(listener));
    }

    /** The rules of a host, then those of the wider names that cover it. */
    private static HostTable chain(Map<HostPattern, HostTable> own, HostPattern host) {
        List<HostTable> tables =
                covering(host).flatMap(name -> Stream.ofNullable(own.get(name))).toList();
        return tables.reversed().stream()
                .reduce((wider, narrower) -> narrower.then(wider))
                .orElse(HostTable.EMPTY);
    }

    /** All names that can cover a host, the narrowest first; itself is one. */
    private static Stream<HostPattern> covering(HostPattern host) {
        TreeSet<HostPattern> names = new TreeSet<>();
        names.add(host);
        names.add(HostPattern.ANY);
        int dot = host.name().indexOf('.', host.form() == HostPattern.Form.EXACT ? 0 : 1);
        while (dot >= 0) {
            names.add(new HostPattern(HostPattern.Form.WILDCARD, host.name().substring(dot)));
            dot = host.name().indexOf('.', dot + 1);
        }
        return names.stream();
    }
}
