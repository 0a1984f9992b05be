package dev.weir.endpoint.admission;

import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceOrBuilder;
import dev.weir.net.v1.ServiceSpecOrBuilder;

/**
 * Refuses what is valid in Kubernetes but what no plane programs yet, so that nothing accepted is
 * silently not done. Each line goes when its feature comes.
 */
final class ProgrammedOnly {
    private ProgrammedOnly() {}

    /** A Service that is valid and complete. */
    static Judgement<Service> judge(Service service) {
        FieldErrors errors = new FieldErrors();
        check(service, errors);
        return Judgement.of(Kinds.SERVICE, service.getMetadata().getName(), service, errors.list());
    }

    private static void check(ServiceOrBuilder service, FieldErrors errors) {
        ServiceSpecOrBuilder spec = service.getSpecOrBuilder();
        if (spec.getType().equals(ServiceAdmission.LOAD_BALANCER)) {
            errors.add(
                    FieldError.notSupported(
                            "spec.type",
                            spec.getType(),
                            ServiceAdmission.CLUSTER_IP,
                            ServiceAdmission.EXTERNAL_NAME,
                            ServiceAdmission.NODE_PORT));
        }
        if (spec.getExternalIpsCount() > 0) {
            errors.forbidden("spec.externalIPs", "not supported");
        }
        String algorithm =
                service.getMetadata().getAnnotationsOrDefault(ServiceChecks.ALGORITHM, "random");
        if (algorithm.equals("round-robin")) {
            errors.add(
                    FieldError.notSupported(
                            "metadata.annotations[" + ServiceChecks.ALGORITHM + "]",
                            algorithm,
                            "random",
                            "source-hash"));
        }
    }
}
