package dev.weir.agent.l7.proxy;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.routing.Action;
import dev.weir.routing.Action.Share;
import dev.weir.routing.Conditions;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HostTable;
import dev.weir.routing.Hosts;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import dev.weir.routing.Rule;
import dev.weir.routing.ServicePort;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** Makes tables for tests. */
final class Tables {
    static final ServicePort WEB = new ServicePort("default", "web", 80);
    static final Key INGRESS = new Key("Ingress", "default", "web");

    private Tables() {}

    static Action to(ServicePort service) {
        return forward(HeaderEdit.NONE, HeaderEdit.NONE, share(1, service));
    }

    static Share share(int weight, ServicePort service) {
        return new Share(weight, new Action.Target.To(service), HeaderEdit.NONE, HeaderEdit.NONE);
    }

    static Action forward(HeaderEdit request, HeaderEdit response, Share... shares) {
        return new Action.Forward(
                List.of(shares), request, response, Optional.empty(), Optional.empty());
    }

    static Rule rule(Action action) {
        return new Rule(INGRESS, Conditions.NONE, action);
    }

    /** All hosts, by prefix. */
    static RouteTable table(int port, Map<String, Action> prefixes) {
        return table(port, Hosts.none(), prefixes);
    }

    static RouteTable table(
            int port,
            Hosts<dev.weir.routing.Certificate> certificates,
            Map<String, Action> prefixes) {
        Map<String, List<Rule>> rules = new TreeMap<>();
        prefixes.forEach((prefix, action) -> rules.put(prefix, List.of(rule(action))));
        Hosts<HostTable> hosts =
                new Hosts<>(
                        Map.of(), Map.of(), Map.of(), Optional.of(new HostTable(Map.of(), rules)));
        boolean tls = !certificates.equals(Hosts.none());
        return new RouteTable(
                new TreeMap<>(Map.of(port, new PortTable(port, tls, hosts, certificates))));
    }

    static RouteTable web(int port) {
        return table(port, Map.of("", to(WEB)));
    }

    static PMap<ServicePort, Upstream> web(Backend... backends) {
        return HashTreePMap.singleton(WEB, upstream(backends));
    }

    static Upstream upstream(Backend... backends) {
        return new Upstream(
                Arrays.stream(backends)
                        .map(b -> new Upstream.Endpoint(IpAddress.of("127.0.0.1"), b.port()))
                        .toList());
    }
}
