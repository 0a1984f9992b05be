package dev.weir.agent.nft;

import dev.weir.agent.linux.NftElement;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a row of addresses begins, or the first address after it. Sets of ranges that hold the same
 * addresses have the same ends, however they are cut.
 *
 * @param after whether the row is over
 */
record RangeEnd(IpAddress address, boolean after) {

    static Set<RangeEnd> of(List<Cidr> ranges) {
        Set<RangeEnd> ends = new HashSet<>();
        for (Cidr range : ranges) {
            if (ranges.stream().noneMatch(outer -> !outer.equals(range) && outer.contains(range))) {
                ends.add(new RangeEnd(range.base(), false));
                ends.add(new RangeEnd(range.last().plus(1), true));
            }
        }
        return joined(ends);
    }

    /**
     * Of a set of intervals, as the kernel lists it: the front of what is not in it is told too.
     */
    static Set<RangeEnd> found(Collection<NftElement> elements) {
        Set<RangeEnd> ends = new HashSet<>();
        elements.forEach(
                element ->
                        ends.add(
                                new RangeEnd(
                                        IpAddress.of(element.key().toBytes()),
                                        element.intervalEnd())));
        return joined(ends);
    }

    /** Nothing ends before the first address, and a row that goes on does not end. */
    private static Set<RangeEnd> joined(Set<RangeEnd> ends) {
        Set<RangeEnd> left = new HashSet<>(ends);
        left.removeIf(
                end ->
                        end.after && end.isFirst()
                                || ends.contains(new RangeEnd(end.address, !end.after)));
        return left;
    }

    private boolean isFirst() {
        return address.high() == 0 && address.low() == 0;
    }
}
