package dev.weir.endpoint.admission;

import dev.weir.endpoint.ServiceText;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.NamespaceState;
import dev.weir.net.v1.Service;
import java.util.Optional;

/** Services as admission judges them. */
final class Judged {
    private Judged() {}

    static Service read(String name, String spec) {
        return read(name, "{}", spec);
    }

    static Service read(String name, String annotations, String spec) {
        return ServiceText.read("default", name, annotations, spec);
    }

    static Service accepted(String spec, Allocations others) {
        return accepted(Optional.empty(), spec, others);
    }

    static Service accepted(Optional<Service> old, String spec, Allocations others) {
        return accepted(old, read("web", spec), others);
    }

    static Service accepted(Optional<Service> old, Service requested, Allocations others) {
        return switch (judge(old, requested, others)) {
            case Judgement.Accepted<Service>(var service) -> service;
            case Judgement.Refused<Service>(var failure) -> throw new AssertionError(failure);
        };
    }

    /** What is wrong with which fields. */
    static String errors(Optional<Service> old, String spec, Allocations others) {
        return errors(old, read("web", spec), others);
    }

    static String errors(Optional<Service> old, Service requested, Allocations others) {
        return switch (judge(old, requested, others)) {
            case Judgement.Accepted<Service>(var service) -> "accepted " + service;
            case Judgement.Refused<Service>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }

    /** The reason of a refusal, and what it says. */
    static String refusal(String spec, Allocations others) {
        return judge(Optional.empty(), read("web", spec), others)
                        instanceof Judgement.Refused<Service>(var failure)
                ? failure.reason() + " " + failure.message()
                : "accepted";
    }

    private static Judgement<Service> judge(
            Optional<Service> old, Service requested, Allocations others) {
        return ServiceAdmission.admit(old, requested, NamespaceState.ACTIVE, others);
    }
}
