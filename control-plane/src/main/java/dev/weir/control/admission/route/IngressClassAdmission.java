package dev.weir.control.admission.route;

import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.route.v1.IngressClass;
import dev.weir.route.v1.IngressClassParameters;
import dev.weir.routing.compile.Compile;
import java.util.Optional;

/** IngressClasses. Those of our controller have no parameters: nobody here would read them. */
public final class IngressClassAdmission {
    private static final int CONTROLLER_LENGTH = 250;

    private IngressClassAdmission() {}

    public static Judgement<IngressClass> admit(
            Optional<IngressClass> old, IngressClass requested) {
        IngressClass.Builder made = requested.toBuilder();
        if (made.getSpec().hasParameters() && !made.getSpec().getParameters().hasScope()) {
            made.getSpecBuilder().getParametersBuilder().setScope("Cluster");
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), false, Names::dns1123Subdomain, errors);
        ControllerNames.check(
                "spec.controller",
                requested.getSpec().getController(),
                CONTROLLER_LENGTH,
                old.map(before -> before.getSpec().getController()),
                "field is immutable",
                errors);
        if (made.getSpec().hasParameters()) {
            parameters(made.getSpec().getParameters(), errors);
            if (made.getSpec().getController().equals(Compile.INGRESS_CONTROLLER)) {
                errors.forbidden(
                        "spec.parameters",
                        "not supported by controller " + Compile.INGRESS_CONTROLLER);
            }
        }
        return Judgement.of(
                Kinds.INGRESS_CLASS,
                requested.getMetadata().getName(),
                made.build(),
                errors.list());
    }

    private static void parameters(IngressClassParameters parameters, FieldErrors errors) {
        String path = "spec.parameters";
        if (parameters.hasApiGroup()) {
            errors.invalid(
                    path + ".apiGroup",
                    parameters.getApiGroup(),
                    Names.dns1123Subdomain(parameters.getApiGroup()));
        }
        if (parameters.getKind().isEmpty()) {
            errors.required(path + ".kind", "kind is required");
        }
        if (parameters.getName().isEmpty()) {
            errors.required(path + ".name", "name is required");
        }
        switch (parameters.getScope()) {
            case "Cluster" -> {
                if (parameters.hasNamespace()) {
                    errors.forbidden(path + ".namespace", "`parameters.scope` is set to 'Cluster'");
                }
            }
            case "Namespace" -> {
                if (parameters.hasNamespace()) {
                    errors.invalid(
                            path + ".namespace",
                            parameters.getNamespace(),
                            Names.dns1123Label(parameters.getNamespace()));
                } else {
                    errors.required(
                            path + ".namespace", "`parameters.scope` is set to 'Namespace'");
                }
            }
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    path + ".scope",
                                    parameters.getScope(),
                                    "Cluster",
                                    "Namespace"));
        }
    }
}
