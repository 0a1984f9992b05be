package dev.weir.routing.compile;

import dev.weir.routing.Action;
import dev.weir.routing.Certificate;
import dev.weir.routing.HostTable;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import dev.weir.routing.Rule;
import dev.weir.routing.ServicePort;
import dev.weir.routing.compile.HostPattern.Form;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Gateways and Ingresses together, by port. Where both have a host name, what Gateways have comes
 * first.
 */
final class PortTables {
    private final TreeMap<Integer, PortTable> ports = new TreeMap<>();
    private final Set<ServicePort> services = new HashSet<>();
    private final Set<HostTable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    PortTables(Map<Integer, GatewayHosts> gateways, Ingresses.Served ingresses) {
        Map<Integer, GatewayHosts> all = new TreeMap<>(gateways);
        if (!ingresses.plain().isEmpty()) {
            all.putIfAbsent(IngressService.HTTP_PORT, new GatewayHosts(false));
        }
        if (!ingresses.tls().isEmpty()) {
            all.putIfAbsent(IngressService.HTTPS_PORT, new GatewayHosts(true));
        }
        all.forEach(
                (port, hosts) ->
                        ports.put(
                                port,
                                switch (port) {
                                    case IngressService.HTTP_PORT ->
                                            merged(port, hosts, ingresses.plain(), Map.of());
                                    case IngressService.HTTPS_PORT ->
                                            merged(
                                                    port,
                                                    hosts,
                                                    ingresses.tls(),
                                                    ingresses.certificates());
                                    default -> merged(port, hosts, Map.of(), Map.of());
                                }));
    }

    private static PortTable merged(
            int port,
            GatewayHosts gateway,
            Map<HostPattern, HostTable> ingress,
            Map<HostPattern, Certificate> certificates) {
        Map<HostPattern, HostTable> tables = gateway.tables();
        Map<HostPattern, HostTable> both = new TreeMap<>(tables);
        ingress.forEach(
                (host, table) -> {
                    HostTable first = tables.get(ofGateway(host));
                    both.put(host, first == null ? table : first.then(table));
                });
        Map<HostPattern, Certificate> proofs = new TreeMap<>(gateway.certificates());
        certificates.forEach(
                (host, certificate) ->
                        proofs.putIfAbsent(
                                host,
                                gateway.certificates().getOrDefault(ofGateway(host), certificate)));
        return new PortTable(
                port, gateway.tls(), HostPattern.hosts(both), HostPattern.hosts(proofs));
    }

    /** The host as a listener would spell it. */
    private static HostPattern ofGateway(HostPattern host) {
        return host.form() == Form.ONE_LABEL ? new HostPattern(Form.WILDCARD, host.name()) : host;
    }

    RouteTable table() {
        return new RouteTable(ports);
    }

    /** All that the tables lead to. */
    Set<ServicePort> services() {
        for (PortTable port : ports.values()) {
            Stream.of(port.hosts().exact(), port.hosts().oneLabel(), port.hosts().wildcard())
                    .map(Map::values)
                    .flatMap(Collection::stream)
                    .forEach(this::collect);
            port.hosts().any().ifPresent(this::collect);
        }
        return services;
    }

    private void collect(HostTable table) {
        if (seen.add(table)) {
            Stream.concat(table.exact().values().stream(), table.prefix().values().stream())
                    .flatMap(List::stream)
                    .map(Rule::action)
                    .forEach(this::collect);
            table.next().ifPresent(this::collect);
        }
    }

    private void collect(Action action) {
        if (action instanceof Action.Forward forward) {
            for (Action.Share share : forward.shares()) {
                if (share.target() instanceof Action.Target.To(var service)) {
                    services.add(service);
                }
            }
        }
    }
}
