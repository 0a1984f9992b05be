package dev.weir.routing;

import com.google.protobuf.Message;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.HttpRouteMatch;
import dev.weir.route.v1.HttpRouteRule;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressBackend;
import dev.weir.route.v1.IngressRule;
import dev.weir.route.v1.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Routing objects of few names, hosts and paths, so that they meet. */
public final class RandomRoutes {
    private static final String[] HOSTS = {
        "", "x.com", "a.x.com", "b.a.x.com", "*.x.com", "*.a.x.com", "*.com"
    };
    private static final String[] PATHS = {"/", "/a", "/a/", "/a/b", "/ab", "/b"};
    private static final String[] ASKED_HOSTS = {
        "x.com", "a.x.com", "b.a.x.com", "c.b.a.x.com", "c.x.com", "y.com", "y", ""
    };
    private static final String[] ASKED_PATHS = {"/", "/a", "/a/", "/a/b", "/a/bc", "/ab", "/c"};
    private static final String[] NAMESPACES = {"a", "b"};

    private final Random random;

    public RandomRoutes(Random random) {
        this.random = random;
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    /** Ages meet too. */
    private ObjectMeta.Builder metadata(String name) {
        ObjectMeta.Builder metadata =
                ObjectMeta.newBuilder()
                        .setName(name)
                        .setNamespace(any(NAMESPACES))
                        .setGeneration(1);
        metadata.getCreationTimestampBuilder().setSeconds(1 + random.nextInt(3));
        return metadata;
    }

    private String service() {
        return "s" + random.nextInt(4);
    }

    public List<Message> ingresses() {
        List<Message> objects = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            Ingress.Builder ingress = Ingress.newBuilder().setMetadata(metadata("i" + i));
            ingress.getSpecBuilder().setIngressClassName(oneIn(8) ? "other" : "weir");
            for (int r = random.nextInt(4); r > 0; r--) {
                ingress.getSpecBuilder().addRules(ingressRule());
            }
            if (oneIn(3)) {
                ingress.getSpecBuilder().setDefaultBackend(backend());
            }
            objects.add(ingress.build());
        }
        return objects;
    }

    private IngressRule ingressRule() {
        IngressRule.Builder rule = IngressRule.newBuilder().setHost(any(HOSTS));
        for (int p = random.nextInt(4); p > 0; p--) {
            rule.getHttpBuilder()
                    .addPathsBuilder()
                    .setPath(any(PATHS))
                    .setPathType(any("Exact", "Prefix"))
                    .setBackend(backend());
        }
        return rule.build();
    }

    private IngressBackend backend() {
        IngressBackend.Builder backend = IngressBackend.newBuilder();
        backend.getServiceBuilder().setName(service()).getPortBuilder().setNumber(80);
        return backend.build();
    }

    /** Namespaces, Gateways and HTTPRoutes. */
    public List<Message> gateways() {
        List<Message> objects = new ArrayList<>();
        for (String name : NAMESPACES) {
            Namespace.Builder namespace = Namespace.newBuilder();
            namespace.getMetadataBuilder().setName(name).putLabels("name", name);
            objects.add(namespace.build());
        }
        for (int g = random.nextInt(3); g >= 0; g--) {
            Gateway.Builder gateway = Gateway.newBuilder().setMetadata(metadata("g" + g));
            gateway.getSpecBuilder().setGatewayClassName(oneIn(8) ? "other" : "weir");
            for (int i = random.nextInt(4); i >= 0; i--) {
                gateway.getSpecBuilder().addListeners(listener("l" + i));
            }
            objects.add(gateway.build());
        }
        for (int r = random.nextInt(6); r >= 0; r--) {
            objects.add(route("r" + r));
        }
        return objects;
    }

    private Listener listener(String name) {
        Listener.Builder listener =
                Listener.newBuilder()
                        .setName(name)
                        .setPort(oneIn(5) ? 81 : 80)
                        .setProtocol(oneIn(12) ? "TLS" : "HTTP");
        String host = any(HOSTS);
        if (!host.isEmpty()) {
            listener.setHostname(host);
        }
        if (!oneIn(3)) {
            var namespaces = listener.getAllowedRoutesBuilder().getNamespacesBuilder();
            namespaces.setFrom(any("Same", "All", "All", "Selector"));
            namespaces.getSelectorBuilder().putMatchLabels("name", any(NAMESPACES));
        }
        return listener.build();
    }

    private HttpRoute route(String name) {
        HttpRoute.Builder route = HttpRoute.newBuilder().setMetadata(metadata(name));
        for (int p = random.nextInt(3); p >= 0; p--) {
            var parent =
                    route.getSpecBuilder()
                            .addParentRefsBuilder()
                            .setName("g" + random.nextInt(3))
                            .setNamespace(any(NAMESPACES));
            if (oneIn(3)) {
                parent.setSectionName("l" + random.nextInt(3));
            }
            if (oneIn(8)) {
                parent.setPort(80);
            }
        }
        for (int h = random.nextInt(3); h > 0; h--) {
            route.getSpecBuilder().addHostnames(HOSTS[1 + random.nextInt(HOSTS.length - 1)]);
        }
        for (int r = random.nextInt(3); r >= 0; r--) {
            route.getSpecBuilder().addRules(rule());
        }
        return route.build();
    }

    private HttpRouteRule rule() {
        HttpRouteRule.Builder rule = HttpRouteRule.newBuilder();
        for (int m = random.nextInt(3); m > 0; m--) {
            rule.addMatches(match());
        }
        if (!oneIn(6)) {
            rule.addBackendRefsBuilder().setName(service()).setPort(80);
        }
        if (oneIn(20)) {
            rule.addFiltersBuilder().setType("URLRewrite");
        }
        return rule.build();
    }

    private HttpRouteMatch match() {
        HttpRouteMatch.Builder match = HttpRouteMatch.newBuilder();
        if (!oneIn(4)) {
            match.getPathBuilder()
                    .setType(any("Exact", "PathPrefix", "PathPrefix"))
                    .setValue(any(PATHS));
        }
        if (oneIn(4)) {
            match.setMethod(any("GET", "POST"));
        }
        if (oneIn(4)) {
            match.addHeadersBuilder().setName(any("h", "H")).setValue(any("1", "2"));
        }
        if (oneIn(6)) {
            match.addHeadersBuilder().setName("k").setValue("1");
        }
        if (oneIn(4)) {
            match.addQueryParamsBuilder().setName("q").setValue(any("1", "2"));
        }
        return match.build();
    }

    public String host() {
        return any(ASKED_HOSTS);
    }

    public Cluster.Asked request() {
        return new Cluster.Asked(
                any("GET", "POST"),
                any(ASKED_PATHS),
                any("", "q=1", "q=2"),
                oneIn(2) ? Map.of() : Map.of("h", any("1", "2"), "k", any("1", "2")));
    }
}
