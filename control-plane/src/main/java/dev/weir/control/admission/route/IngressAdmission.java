package dev.weir.control.admission.route;

import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.route.v1.HttpIngressPath;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressClass;
import dev.weir.route.v1.IngressRule;
import dev.weir.route.v1.IngressSpec;
import dev.weir.route.v1.IngressTls;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Ingresses. One that is created without a class is given the default one, and keeps it. */
public final class IngressAdmission {
    /** How an Ingress named its class before there was a field. */
    public static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";

    static final String DEFAULT_ANNOTATION = "ingressclass.kubernetes.io/is-default-class";

    private IngressAdmission() {}

    /**
     * @param classes all there are
     */
    public static Judgement<Ingress> admit(
            Optional<Ingress> old,
            Ingress requested,
            NamespaceState namespace,
            Collection<IngressClass> classes) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.INGRESS, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        Ingress.Builder ingress = requested.toBuilder();
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        if (old.isEmpty()) {
            ingress.clearStatus();
            classed(ingress, classes, errors);
        } else {
            keepClass(old.get(), ingress);
        }
        spec(ingress.getSpec(), errors);
        return Judgement.of(Kinds.INGRESS, name, ingress.build(), errors.list());
    }

    /** Of several default classes the newest, and by name where they are equally old. */
    private static void classed(
            Ingress.Builder ingress, Collection<IngressClass> classes, FieldErrors errors) {
        String annotation = ingress.getMetadata().getAnnotationsMap().get(CLASS_ANNOTATION);
        boolean named = ingress.getSpec().hasIngressClassName();
        if (annotation != null && named) {
            if (!annotation.equals(ingress.getSpec().getIngressClassName())) {
                errors.invalid(
                        "annotations." + CLASS_ANNOTATION,
                        annotation,
                        "must match `ingressClassName` when both are specified");
            }
        } else if (annotation == null && !named) {
            classes.stream()
                    .filter(IngressAdmission::isDefault)
                    .min(
                            Comparator.comparingLong(IngressAdmission::created)
                                    .reversed()
                                    .thenComparing(c -> c.getMetadata().getName()))
                    .ifPresent(
                            c ->
                                    ingress.getSpecBuilder()
                                            .setIngressClassName(c.getMetadata().getName()));
        }
    }

    /** What was filled in is not in the manifest that is applied once more. */
    private static void keepClass(Ingress old, Ingress.Builder ingress) {
        if (old.getSpec().hasIngressClassName()
                && !ingress.getSpec().hasIngressClassName()
                && !ingress.getMetadata().containsAnnotations(CLASS_ANNOTATION)) {
            ingress.getSpecBuilder().setIngressClassName(old.getSpec().getIngressClassName());
        }
    }

    private static boolean isDefault(IngressClass c) {
        return "true".equals(c.getMetadata().getAnnotationsMap().get(DEFAULT_ANNOTATION));
    }

    private static long created(IngressClass c) {
        return c.getMetadata().getCreationTimestamp().getSeconds();
    }

    private static void spec(IngressSpec spec, FieldErrors errors) {
        if (spec.getRulesCount() == 0 && !spec.hasDefaultBackend()) {
            errors.invalid("spec", "", "either `defaultBackend` or `rules` must be specified");
        }
        if (spec.hasDefaultBackend()) {
            IngressBackends.check("spec.defaultBackend", spec.getDefaultBackend(), errors);
        }
        for (int i = 0; i < spec.getRulesCount(); i++) {
            rule("spec.rules[" + i + "]", spec.getRules(i), errors);
        }
        for (int i = 0; i < spec.getTlsCount(); i++) {
            tls("spec.tls[" + i + "]", spec.getTls(i), errors);
        }
        if (spec.hasIngressClassName()) {
            errors.invalid(
                    "spec.ingressClassName",
                    spec.getIngressClassName(),
                    Names.dns1123Subdomain(spec.getIngressClassName()));
        }
    }

    private static void tls(String path, IngressTls tls, FieldErrors errors) {
        for (int i = 0; i < tls.getHostsCount(); i++) {
            HostNames.syntax(path + ".hosts[" + i + "]", tls.getHosts(i), errors);
        }
        if (!tls.getSecretName().isEmpty()) {
            errors.invalid(
                    path + ".secretName",
                    tls.getSecretName(),
                    Names.dns1123Subdomain(tls.getSecretName()));
        }
    }

    private static void rule(String path, IngressRule rule, FieldErrors errors) {
        if (!rule.getHost().isEmpty()) {
            HostNames.check(path + ".host", rule.getHost(), errors);
        }
        if (!rule.hasHttp()) {
            return;
        }
        List<HttpIngressPath> paths = rule.getHttp().getPathsList();
        if (paths.isEmpty()) {
            errors.required(path + ".http.paths", "");
        }
        for (int i = 0; i < paths.size(); i++) {
            String at = path + ".http.paths[" + i + "]";
            if (paths.get(i).hasPathType()) {
                IngressPaths.check(at, paths.get(i), errors);
                IngressBackends.check(at + ".backend", paths.get(i).getBackend(), errors);
            } else {
                errors.required(at + ".pathType", "pathType must be specified");
            }
        }
    }
}
