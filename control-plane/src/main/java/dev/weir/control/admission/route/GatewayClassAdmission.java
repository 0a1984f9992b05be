package dev.weir.control.admission.route;

import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.route.v1.GatewayClass;
import java.util.Optional;

/** GatewayClasses. */
public final class GatewayClassAdmission {
    private static final int CONTROLLER_LENGTH = 253;

    private GatewayClassAdmission() {}

    public static Judgement<GatewayClass> admit(
            Optional<GatewayClass> old, GatewayClass requested) {
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), false, Names::dns1123Subdomain, errors);
        ControllerNames.check(
                "spec.controllerName",
                requested.getSpec().getControllerName(),
                CONTROLLER_LENGTH,
                old.map(before -> before.getSpec().getControllerName()),
                "Value is immutable",
                errors);
        GatewayClass made = old.isEmpty() ? requested.toBuilder().clearStatus().build() : requested;
        return Judgement.of(
                Kinds.GATEWAY_CLASS, requested.getMetadata().getName(), made, errors.list());
    }
}
