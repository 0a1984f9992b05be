package dev.weir.endpoint;

import com.google.protobuf.Message;
import dev.weir.endpoint.admission.ServiceCidrAdmission;
import dev.weir.endpoint.balance.Pool;
import dev.weir.log.Pending;
import dev.weir.model.Cidr;
import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.net.v1.ServiceCidr;
import dev.weir.server.Admission;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * ServiceCIDRs do not go at once, and the one of the settings does not go at all.
 *
 * @param pods the ranges of pods
 */
record ServiceCidrLife(List<Cidr> pods, Clock clock) implements Admission {
    @Override
    public Judgement<ServiceCidr> admit(Pending pending, Optional<Message> old, Message requested) {
        return ServiceCidrAdmission.admit(
                old.map(ServiceCidr.class::cast),
                (ServiceCidr) requested,
                Pool.in(pending.image()),
                pods,
                clock.instant());
    }

    @Override
    public Optional<Failure> mayDelete(Pending pending, Message old) {
        return ServiceCidrAdmission.mayDelete((ServiceCidr) old);
    }

    @Override
    public Optional<Message> onDelete(Pending pending, Message old) {
        return Optional.of(ServiceCidrAdmission.closing((ServiceCidr) old, clock.instant()));
    }
}
