package dev.weir.control.admission;

import dev.weir.core.v1.IpBlock;
import dev.weir.model.Cidr;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Address blocks: inside the pod ranges, one per family, never overlapping, never changing but for
 * their node.
 */
public final class IpBlockAdmission {
    private IpBlockAdmission() {}

    /**
     * @param podRanges what pods take their addresses from
     * @param blocks all blocks there are; the one with the requested name is passed over
     */
    public static Judgement<IpBlock> admit(
            Optional<IpBlock> old,
            IpBlock requested,
            List<Cidr> podRanges,
            Collection<IpBlock> blocks) {
        FieldErrors errors = new FieldErrors();
        String name = requested.getMetadata().getName();
        Metadata.check(requested.getMetadata(), false, Names::dns1123Subdomain, errors);
        String node = requested.getSpec().getNodeName();
        if (!node.isEmpty()) {
            errors.invalid("spec.nodeName", node, Names.dns1123Subdomain(node));
        }
        checkRanges(requested, podRanges, blocks, errors);
        old.ifPresent(before -> checkChange(before, requested, errors));
        return Judgement.of(Kinds.IP_BLOCK, name, requested, errors.list());
    }

    private static void checkRanges(
            IpBlock requested,
            List<Cidr> podRanges,
            Collection<IpBlock> blocks,
            FieldErrors errors) {
        List<String> texts = requested.getSpec().getCidrsList();
        if (texts.isEmpty()) {
            errors.required("spec.cidrs", "");
        }
        boolean v4 = false;
        boolean v6 = false;
        for (int i = 0; i < texts.size(); i++) {
            String path = "spec.cidrs[" + i + "]";
            String text = texts.get(i);
            Optional<Cidr> range = Networks.cidr(path, text, Set.of(), errors);
            if (range.isEmpty()) {
                continue;
            }
            Cidr cidr = range.get();
            if (cidr.v6() ? v6 : v4) {
                errors.invalid(path, text, "may specify no more than one range for each IP family");
            } else if (!cidr.v6() && v6) {
                errors.invalid(path, text, "IPv4 must come before IPv6");
            }
            v4 |= !cidr.v6();
            v6 |= cidr.v6();
            if (podRanges.stream().noneMatch(pods -> pods.contains(cidr))) {
                errors.invalid(path, text, "must be inside the pod ranges " + podRanges);
            }
            overlapping(requested, cidr, blocks)
                    .ifPresent(
                            other ->
                                    errors.invalid(
                                            path, text, "overlaps with block \"" + other + "\""));
        }
    }

    private static Optional<String> overlapping(
            IpBlock requested, Cidr cidr, Collection<IpBlock> blocks) {
        return blocks.stream()
                .filter(
                        block ->
                                !block.getMetadata()
                                        .getName()
                                        .equals(requested.getMetadata().getName()))
                .filter(
                        block ->
                                block.getSpec().getCidrsList().stream()
                                        .map(Cidr::of)
                                        .anyMatch(
                                                other ->
                                                        other.contains(cidr)
                                                                || cidr.contains(other)))
                .map(block -> block.getMetadata().getName())
                .findFirst();
    }

    private static void checkChange(IpBlock old, IpBlock requested, FieldErrors errors) {
        if (!old.getSpec().getCidrsList().equals(requested.getSpec().getCidrsList())) {
            errors.invalid("spec.cidrs", requested.getSpec().getCidrsList(), "field is immutable");
        }
        long epoch = requested.getSpec().getEpoch();
        boolean moved = !old.getSpec().getNodeName().equals(requested.getSpec().getNodeName());
        if (epoch < old.getSpec().getEpoch() + (moved ? 1 : 0)) {
            errors.invalid(
                    "spec.epoch",
                    epoch,
                    "must grow when the block changes hands, and never shrink");
        }
    }
}
