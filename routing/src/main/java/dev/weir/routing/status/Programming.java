package dev.weir.routing.status;

import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.routing.compile.Verdicts.Finding;
import java.time.Instant;
import java.util.List;

/**
 * What the statuses are made with, besides the objects.
 *
 * @param addresses that clients use
 */
record Programming(Carried carried, List<LoadBalancerIngress> addresses, Instant now) {
    private static final Finding DONE = Finding.yes("Programmed");
    private static final Finding NOBODY = Finding.no("NoResources", "There is no proxy.");
    private static final Finding UNDER_WAY =
            Finding.no("Pending", "Not all proxies have taken it up yet.");
    private static final Finding NO_ADDRESS =
            Finding.no("AddressNotAssigned", "The Service of the proxies has no address.");

    /**
     * Whether all proxies have something that they can carry. The answer does not name revisions:
     * writing it makes a new one.
     *
     * @param revision of what they have to carry
     * @param saying what was said of it
     */
    Finding of(long revision, Saying saying) {
        if (saying.programmedBefore() || carried.covers(revision)) {
            return DONE;
        }
        return carried.anyone() ? UNDER_WAY : NOBODY;
    }

    /** As {@link #of}; it also needs an address. */
    Finding reachable(long revision, Saying saying) {
        return addresses.isEmpty() ? NO_ADDRESS : of(revision, saying);
    }
}
