package dev.weir.routing.compile;

import dev.weir.model.Kinds;
import dev.weir.route.v1.Ingress;
import dev.weir.routing.Certificate;
import dev.weir.routing.HostTable;
import dev.weir.routing.compile.Certificates.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The hosts of Ingresses that have TLS, while Ingresses are taken in. */
final class IngressTls {
    private final Certificates certificates;
    private final Map<HostPattern, Certificate> byHost = new TreeMap<>();
    private final Set<HostPattern> hosts = new TreeSet<>();

    IngressTls(Certificates certificates) {
        this.certificates = certificates;
    }

    /**
     * Takes in the TLS of an Ingress. An entry without hosts is for all that the Ingress names.
     *
     * @param named the hosts of its rules
     * @param conflicts where others have a host with another certificate
     * @return what its certificates lack, in words
     */
    List<String> add(Ingress object, List<HostPattern> named, List<String> conflicts) {
        List<String> lacking = new ArrayList<>();
        for (var tls : object.getSpec().getTlsList()) {
            List<HostPattern> secured =
                    tls.getHostsCount() == 0
                            ? named
                            : tls.getHostsList().stream().map(HostPattern::ofIngress).toList();
            hosts.addAll(secured);
            for (HostPattern host : named) {
                if (secured.stream().anyMatch(s -> s.covers(host))) {
                    hosts.add(host);
                }
            }
            Optional<Certificate> certificate =
                    find(object.getMetadata().getNamespace(), tls.getSecretName(), lacking);
            certificate.ifPresent(own -> secured.forEach(host -> certify(host, own, conflicts)));
        }
        return lacking;
    }

    private Optional<Certificate> find(String namespace, String secret, List<String> lacking) {
        if (secret.isEmpty()) {
            lacking.add("An entry without a secretName has no certificate; there is no default.");
            return Optional.empty();
        }
        return switch (certificates.find(Kinds.SECRET.key(namespace, secret))) {
            case Outcome.Usable(var certificate, var names) -> Optional.of(certificate);
            case Outcome.Unusable(var message) -> {
                lacking.add(message);
                yield Optional.empty();
            }
        };
    }

    private void certify(HostPattern host, Certificate own, List<String> conflicts) {
        Certificate other = byHost.putIfAbsent(host, own);
        if (other != null && !other.secret().equals(own.secret())) {
            conflicts.add(
                    "Host %s has the certificate of %s already.".formatted(host, other.secret()));
        }
    }

    Map<HostPattern, Certificate> certificates() {
        return byHost;
    }

    /** The tables of those hosts, each from the narrowest one that has all its names. */
    Map<HostPattern, HostTable> tables(Map<HostPattern, HostTable> plain) {
        Map<HostPattern, HostTable> tables = new TreeMap<>();
        for (HostPattern host : hosts) {
            narrowest(plain, host).ifPresent(table -> tables.put(host, table));
        }
        return tables;
    }

    private static Optional<HostTable> narrowest(
            Map<HostPattern, HostTable> plain, HostPattern host) {
        HostTable own = plain.get(host);
        if (own == null && host.form() == HostPattern.Form.EXACT && host.name().indexOf('.') > 0) {
            String rest = host.name().substring(host.name().indexOf('.'));
            own = plain.get(new HostPattern(HostPattern.Form.ONE_LABEL, rest));
        }
        return Optional.ofNullable(own == null ? plain.get(HostPattern.ANY) : own);
    }
}
