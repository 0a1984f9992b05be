package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.route.v1.HttpIngressPath;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressBackend;
import dev.weir.route.v1.IngressRule;
import dev.weir.routing.Action;
import dev.weir.routing.Action.Share;
import dev.weir.routing.Action.Target;
import dev.weir.routing.Certificate;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HostTable;
import dev.weir.routing.compile.Backends.Backend;
import dev.weir.routing.compile.Verdicts.OfIngress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All Ingresses of our classes, merged. Of two that want the same, the older one has it.
 *
 * <p>A host that somebody names is answered for by those who name it. What is for any host is for
 * the others.
 */
final class Ingresses {
    /** Of a request whose backend is not there: it may come. */
    private static final int UNAVAILABLE = 503;

    private static final String EXACT = "Exact";

    private final Backends backends;
    private final IngressHosts hosts = new IngressHosts();
    private final IngressTls tls;
    private final TreeMap<Key, OfIngress> verdicts = new TreeMap<>();

    /**
     * What Ingresses come to.
     *
     * @param plain hosts on port 80
     * @param tls hosts on port 443
     */
    record Served(
            Map<HostPattern, HostTable> plain,
            Map<HostPattern, HostTable> tls,
            Map<HostPattern, Certificate> certificates,
            TreeMap<Key, OfIngress> verdicts) {}

    private Ingresses(Backends backends, Certificates certificates) {
        this.backends = backends;
        this.tls = new IngressTls(certificates);
    }

    static Served of(Image control, Classes classes, Backends backends, Certificates certificates) {
        Ingresses ingresses = new Ingresses(backends, certificates);
        control.all(Kinds.INGRESS, Ingress.class)
                .filter(classes::serve)
                .sorted(Comparator.comparing(Ingress::getMetadata, Age.OLDEST))
                .forEach(ingresses::add);
        Map<HostPattern, HostTable> plain = ingresses.hosts.tables();
        return new Served(
                plain,
                ingresses.tls.tables(plain),
                ingresses.tls.certificates(),
                ingresses.verdicts);
    }

    private void add(Ingress object) {
        new Addition(object).add();
    }

    /** One Ingress, being taken in. */
    private final class Addition {
        private final Ingress object;
        private final Key key;
        private final List<String> conflicts = new ArrayList<>();
        private final List<String> lacking = new ArrayList<>();

        Addition(Ingress object) {
            this.object = object;
            this.key = Kinds.INGRESS.key(object.getMetadata());
        }

        void add() {
            List<HostPattern> named = new ArrayList<>();
            for (IngressRule rule : object.getSpec().getRulesList()) {
                HostPattern host = HostPattern.ofIngress(rule.getHost());
                named.add(host);
                hosts.name(host);
                rule.getHttp().getPathsList().forEach(path -> take(host, path));
            }
            if (named.isEmpty()) {
                named.add(HostPattern.ANY);
                hosts.name(HostPattern.ANY);
            }
            if (object.getSpec().hasDefaultBackend()) {
                Action action = action(object.getSpec().getDefaultBackend());
                named.stream()
                        .distinct()
                        .forEach(
                                host ->
                                        note(
                                                "The default of host " + host,
                                                hosts.takeRest(host, key, action)));
            }
            List<String> uncertified = tls.add(object, named, conflicts);
            verdicts.put(
                    key,
                    new OfIngress(
                            object.getSpec().getTlsCount() > 0,
                            conflicts,
                            lacking.stream().distinct().toList(),
                            uncertified));
        }

        private void take(HostPattern host, HttpIngressPath path) {
            boolean exact = path.getPathType().equals(EXACT);
            note(
                    "%s %s of host %s".formatted(exact ? EXACT : "Prefix", path.getPath(), host),
                    hosts.take(host, exact, path.getPath(), key, action(path.getBackend())));
        }

        private void note(String what, Optional<Key> owner) {
            owner.ifPresent(
                    other ->
                            conflicts.add(
                                    other.equals(key)
                                            ? what + " is there twice; the first counts."
                                            : what + " belongs to " + other + ", which is older."));
        }

        private Action action(IngressBackend backend) {
            return switch (find(backend)) {
                case Backend.Found(var port) ->
                        new Action.Forward(
                                List.of(
                                        new Share(
                                                1,
                                                new Target.To(port),
                                                HeaderEdit.NONE,
                                                HeaderEdit.NONE)),
                                HeaderEdit.NONE,
                                HeaderEdit.NONE,
                                Optional.empty(),
                                Optional.empty());
                case Backend.Lacking(var reason, var message) -> {
                    lacking.add(message);
                    yield new Action.Answer(UNAVAILABLE);
                }
            };
        }

        private Backend find(IngressBackend backend) {
            String namespace = key.namespace();
            if (!backend.hasService()) {
                return new Backend.Lacking(
                        "InvalidKind",
                        "%s %s is no Service; only Services are served."
                                .formatted(
                                        backend.getResource().getKind(),
                                        backend.getResource().getName()));
            }
            var service = backend.getService();
            return service.getPort().getName().isEmpty()
                    ? backends.byNumber(namespace, service.getName(), service.getPort().getNumber())
                    : backends.byName(namespace, service.getName(), service.getPort().getName());
        }
    }
}
