package dev.weir.control.admission.route;

import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.HttpRouteSpec;
import dev.weir.route.v1.ParentReference;
import java.util.Optional;

/**
 * HTTPRoutes. What is known but not served, such as a regular expression, is a condition of the
 * route, not an error.
 */
public final class HttpRouteAdmission {
    static final int MOST_PARENTS = 32;
    static final int MOST_HOSTNAMES = 16;
    static final int MOST_RULES = 16;
    static final int MOST_MATCHES = 128;
    static final String GROUP = "gateway.networking.k8s.io";

    private HttpRouteAdmission() {}

    public static Judgement<HttpRoute> admit(
            Optional<HttpRoute> old, HttpRoute requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.HTTP_ROUTE, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        HttpRoute.Builder route = requested.toBuilder();
        if (old.isEmpty()) {
            route.clearStatus();
        }
        complete(route.getSpecBuilder());
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        spec(route.getSpec(), errors);
        return Judgement.of(Kinds.HTTP_ROUTE, name, route.build(), errors.list());
    }

    private static void complete(HttpRouteSpec.Builder spec) {
        for (ParentReference.Builder parent : spec.getParentRefsBuilderList()) {
            parent.setGroup(parent.hasGroup() ? parent.getGroup() : GROUP);
            parent.setKind(parent.hasKind() ? parent.getKind() : "Gateway");
        }
        if (spec.getRulesCount() == 0) {
            spec.addRulesBuilder();
        }
        spec.getRulesBuilderList().forEach(HttpRules::complete);
    }

    private static void spec(HttpRouteSpec spec, FieldErrors errors) {
        errors.tooMany("spec.parentRefs", spec.getParentRefsCount(), MOST_PARENTS);
        errors.tooMany("spec.hostnames", spec.getHostnamesCount(), MOST_HOSTNAMES);
        errors.tooMany("spec.rules", spec.getRulesCount(), MOST_RULES);
        Parents.check("spec.parentRefs", spec.getParentRefsList(), errors);
        for (int i = 0; i < spec.getHostnamesCount(); i++) {
            HostNames.check("spec.hostnames[" + i + "]", spec.getHostnames(i), errors);
        }
        int matches = 0;
        for (int i = 0; i < spec.getRulesCount(); i++) {
            HttpRules.check("spec.rules[" + i + "]", spec.getRules(i), errors);
            matches += spec.getRules(i).getMatchesCount();
        }
        if (matches > MOST_MATCHES) {
            errors.invalid(
                    "spec.rules",
                    matches,
                    "While 16 rules and 64 matches per rule are allowed, the total number of"
                            + " matches across all rules in a route must be less than 128");
        }
    }
}
