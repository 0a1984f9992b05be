package dev.weir.endpoint.admission;

import com.google.protobuf.Timestamp;
import dev.weir.core.v1.Condition;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.Ranges;
import dev.weir.endpoint.balance.Pool;
import dev.weir.endpoint.balance.Span;
import dev.weir.endpoint.condition.Conditions;
import dev.weir.model.Cidr;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import dev.weir.net.v1.ServiceCidr;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** ServiceCIDRs, by the rules of Kubernetes' networking.k8s.io/v1, and how one goes. */
public final class ServiceCidrAdmission {
    public static final String READY = "Ready";

    /** It keeps a range until no Service has an address of it. */
    public static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";

    private static final String PATH = "spec.cidrs";

    private ServiceCidrAdmission() {}

    /**
     * @param pools all of them, uncommitted writes included
     * @param pods the ranges of pods
     */
    public static Judgement<ServiceCidr> admit(
            Optional<ServiceCidr> old,
            ServiceCidr requested,
            List<Pool> pools,
            List<Cidr> pods,
            Instant now) {
        String name = requested.getMetadata().getName();
        if (old.isPresent() && name.equals(Ranges.DEFAULT)) {
            return old.get().equals(requested)
                    ? new Judgement.Accepted<>(requested)
                    : new Judgement.Refused<>(forbidden("changed"));
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), false, Names::dns1123Subdomain, errors);
        List<String> cidrs = requested.getSpec().getCidrsList();
        if (old.isEmpty()) {
            check(cidrs, pools, pods, errors);
        } else if (!old.get().getSpec().getCidrsList().equals(cidrs)) {
            errors.invalid(PATH, cidrs, "field is immutable");
        }
        ServiceCidr.Builder admitted = requested.toBuilder();
        admitted.getMetadataBuilder().clearFinalizers().addFinalizers(FINALIZER);
        old.ifPresentOrElse(
                before -> admitted.setStatus(before.getStatus()), admitted::clearStatus);
        return Judgement.of(
                Kinds.SERVICE_CIDR, name, withCondition(admitted.build(), now), errors.list());
    }

    private static void check(
            List<String> cidrs, List<Pool> pools, List<Cidr> pods, FieldErrors errors) {
        if (cidrs.isEmpty()) {
            errors.required(PATH, "at least one CIDR required");
        } else if (cidrs.size() > 2) {
            errors.invalid(PATH, cidrs, "may only hold up to 2 values");
        }
        List<Boolean> families = new ArrayList<>();
        for (int i = 0; i < cidrs.size(); i++) {
            String text = cidrs.get(i);
            String path = PATH + "[" + i + "]";
            FieldErrors wrong = new FieldErrors();
            Optional<Cidr> cidr = Networks.cidr(path, text, Set.of(), wrong);
            cidr.map(Cidr::v6).ifPresent(families::add);
            if (cidr.isPresent() && wrong.isEmpty()) {
                check(path, text, cidr.get(), pools, pods, wrong);
            }
            wrong.list().forEach(errors::add);
        }
        if (families.stream().distinct().count() < families.size()) {
            errors.invalid(
                    PATH,
                    cidrs,
                    "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and"
                            + " 2001:db8::/96");
        }
    }

    private static void check(
            String path,
            String text,
            Cidr cidr,
            List<Pool> pools,
            List<Cidr> pods,
            FieldErrors errors) {
        if (!text.equals(cidr.toString())) {
            errors.invalid(path, text, "must be in canonical form (\"" + cidr + "\")");
        }
        if (!AddressRange.fits(cidr)) {
            errors.invalid(
                    path, text, "may hold at most 2^" + AddressRange.MAX_BITS + " addresses");
        }
        new WantedRange(path, text, Span.of(cidr)).check(pools, pods, "pods", errors);
    }

    public static Optional<Failure> mayDelete(ServiceCidr object) {
        return object.getMetadata().getName().equals(Ranges.DEFAULT)
                ? Optional.of(forbidden("deleted"))
                : Optional.empty();
    }

    private static Failure forbidden(String what) {
        return Failure.of(
                Reason.FORBIDDEN,
                "servicecidrs.networking.k8s.io \""
                        + Ranges.DEFAULT
                        + "\" is forbidden: this ServiceCIDR follows the setting weir.service-cidrs"
                        + " and may not be "
                        + what);
    }

    /** From now on no addresses of it are given out. */
    public static ServiceCidr closing(ServiceCidr object, Instant now) {
        if (Ranges.isClosing(object)) {
            return object;
        }
        ServiceCidr.Builder closing = object.toBuilder();
        closing.getMetadataBuilder()
                .setDeletionTimestamp(Timestamp.newBuilder().setSeconds(now.getEpochSecond()));
        return withCondition(closing.build(), now);
    }

    /** With its condition as it is to be. A second time changes nothing. */
    public static ServiceCidr withCondition(ServiceCidr object, Instant now) {
        Condition.Builder ready = Condition.newBuilder().setType(READY);
        if (Ranges.isClosing(object)) {
            ready.setStatus("False")
                    .setReason("Terminating")
                    .setMessage("Services have addresses that are in no other ServiceCIDR");
        } else {
            ready.setStatus("True");
        }
        List<Condition> before = object.getStatus().getConditionsList();
        List<Condition> after = Conditions.with(before, ready.build(), now);
        if (after.equals(before)) {
            return object;
        }
        ServiceCidr.Builder changed = object.toBuilder();
        changed.getStatusBuilder().clearConditions().addAllConditions(after);
        return changed.build();
    }
}
