package dev.weir.endpoint.admission;

import dev.weir.endpoint.balance.Pool;
import dev.weir.endpoint.balance.Span;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import dev.weir.net.v1.AddressPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** AddressPools: no address is in two of them, nor in what the cluster uses otherwise. */
public final class AddressPoolAdmission {
    /** How many ranges one pool has at most. */
    static final int MOST_RANGES = 100;

    private AddressPoolAdmission() {}

    /**
     * What a pool had before is not judged again.
     *
     * @param others the other pools, uncommitted writes included
     * @param used the ranges of Services and pods
     */
    public static Judgement<AddressPool> admit(
            Optional<AddressPool> old, AddressPool requested, List<Pool> others, List<Cidr> used) {
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), false, Names::dns1123Subdomain, errors);
        Set<String> kept =
                Set.copyOf(
                        old.map(before -> List.copyOf(before.getSpec().getAddressesList()))
                                .orElse(List.of()));
        int count = requested.getSpec().getAddressesCount();
        if (count == 0) {
            errors.required("spec.addresses", "");
        } else if (count > MOST_RANGES) {
            errors.tooMany("spec.addresses", count, MOST_RANGES);
        } else {
            List<Span> before = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String text = requested.getSpec().getAddresses(i);
                String path = "spec.addresses[" + i + "]";
                Optional<Span> span = span(path, text, errors);
                if (span.isPresent() && !kept.contains(text)) {
                    new WantedRange(path, text, span.get())
                            .check(others, used, "Services or pods", errors);
                }
                if (span.isPresent() && before.stream().anyMatch(span.get()::overlaps)) {
                    errors.invalid(path, text, "must not overlap another range of the pool");
                }
                span.ifPresent(before::add);
            }
        }
        AddressPool.Builder pool = requested.toBuilder();
        if (!pool.getSpec().hasAutoAssign()) {
            pool.getSpecBuilder().setAutoAssign(true);
        }
        return Judgement.of(
                Kinds.ADDRESS_POOL, requested.getMetadata().getName(), pool.build(), errors.list());
    }

    private static Optional<Span> span(String path, String text, FieldErrors errors) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            return Networks.cidr(path, text, Set.of(), errors).map(Span::of);
        }
        Optional<IpAddress> from = Networks.address(path, text.substring(0, dash), errors);
        Optional<IpAddress> to = Networks.address(path, text.substring(dash + 1), errors);
        Optional<Span> span = Span.parse(text);
        if (from.isPresent() && to.isPresent() && span.isEmpty()) {
            errors.invalid(
                    path,
                    text,
                    "must be a range from a lower to a higher address of one family, (e.g."
                            + " 192.0.2.10-192.0.2.20)");
        }
        return span;
    }
}
