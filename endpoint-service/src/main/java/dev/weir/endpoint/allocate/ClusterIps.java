package dev.weir.endpoint.allocate;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Which Service has which address: an index of the Service objects, never a state of its own.
 * Immutable; following one change costs the same however many Services there are. A deleted
 * Service's addresses are free at once.
 */
public final class ClusterIps {
    /** Kubernetes' words, which people look for. */
    static final String TAKEN = "provided IP is already allocated";

    public static final String FULL = "range is full";

    /** The only Service that may have the reserved address of a range. */
    public static final Key DNS_SERVICE = Kinds.SERVICE.key("kube-system", "kube-dns");

    private final Ranges ranges;
    private final PMap<IpAddress, Key> owners;

    /** How many addresses of each range have an owner; none for 0. */
    private final PMap<AddressRange, Integer> used;

    private ClusterIps(
            Ranges ranges, PMap<IpAddress, Key> owners, PMap<AddressRange, Integer> used) {
        this.ranges = ranges;
        this.owners = owners;
        this.used = used;
    }

    /** Of nothing, with the ranges of the settings alone. */
    public static ClusterIps empty(List<AddressRange> own) {
        return new ClusterIps(Ranges.of(own), HashTreePMap.empty(), HashTreePMap.empty());
    }

    /** The index of these objects, e.g. after a replay. */
    public static ClusterIps of(List<AddressRange> own, Stream<Service> services) {
        return services.reduce(
                empty(own),
                (index, service) -> index.after(Optional.empty(), Optional.of(service)),
                (left, right) -> {
                    throw new IllegalStateException("a sequential stream has nothing to combine");
                });
    }

    /** With other ranges. Costs the number of addresses, unless they are the same. */
    public ClusterIps in(Ranges other) {
        if (other.equals(ranges)) {
            return this;
        }
        PMap<AddressRange, Integer> counted = HashTreePMap.empty();
        for (IpAddress address : owners.keySet()) {
            counted = count(counted, other, address, 1);
        }
        return new ClusterIps(other, owners, counted);
    }

    /** The index after a change: no old for a create, no new for a delete. */
    public ClusterIps after(Optional<Service> old, Optional<Service> now) {
        PMap<IpAddress, Key> next = owners;
        PMap<AddressRange, Integer> counted = used;
        if (old.isPresent()) {
            Key key = key(old.get());
            for (IpAddress address : addresses(old.get())) {
                if (key.equals(next.get(address))) {
                    next = next.minus(address);
                    counted = count(counted, ranges, address, -1);
                }
            }
        }
        if (now.isPresent()) {
            Key key = key(now.get());
            for (IpAddress address : addresses(now.get())) {
                if (!next.containsKey(address)) {
                    next = next.plus(address, key);
                    counted = count(counted, ranges, address, 1);
                }
            }
        }
        return new ClusterIps(ranges, next, counted);
    }

    private static PMap<AddressRange, Integer> count(
            PMap<AddressRange, Integer> counts, Ranges ranges, IpAddress address, int by) {
        PMap<AddressRange, Integer> next = counts;
        for (AddressRange range : ranges.all().toList()) {
            if (range.assignable(address)) {
                int count = next.getOrDefault(range, 0) + by;
                next = count == 0 ? next.minus(range) : next.plus(range, count);
            }
        }
        return next;
    }

    public Ranges ranges() {
        return ranges;
    }

    /** Whether addresses of the family can be had. */
    public boolean has(boolean v6) {
        return ranges.open(v6).findAny().isPresent();
    }

    public Optional<Key> owner(IpAddress address) {
        return Optional.ofNullable(owners.get(address));
    }

    /**
     * How many addresses of the range have an owner and are in no range that stays open. Costs the
     * number of ranges: of two that overlap, one is inside the other.
     */
    public long bound(AddressRange closing) {
        if (ranges.open().stream().anyMatch(open -> open.cidr().contains(closing.cidr()))) {
            return 0;
        }
        List<AddressRange> inside =
                ranges.open().stream()
                        .filter(open -> closing.cidr().contains(open.cidr()))
                        .toList();
        return used(closing)
                - inside.stream()
                        .filter(range -> isOutermost(range, inside))
                        .mapToLong(this::used)
                        .sum();
    }

    private static boolean isOutermost(AddressRange range, List<AddressRange> among) {
        return among.stream()
                .noneMatch(other -> !other.equals(range) && other.cidr().contains(range.cidr()));
    }

    private long used(AddressRange range) {
        return used.getOrDefault(range, 0);
    }

    /** Why this Service may not have this address; empty when it may. */
    public Optional<String> refusal(IpAddress address, Key service) {
        if (ranges.open().stream().noneMatch(range -> range.assignable(address))) {
            List<AddressRange> valid =
                    has(address.v6()) ? ranges.open(address.v6()).toList() : ranges.open();
            return Optional.of(
                    "provided IP is not in the valid range. The range of valid IPs is "
                            + AddressRange.list(valid));
        }
        boolean reserved = ranges.reserved(address) && !service.equals(DNS_SERVICE);
        boolean taken = owner(address).filter(owner -> !owner.equals(service)).isPresent();
        return reserved || taken ? Optional.of(TAKEN) : Optional.empty();
    }

    /**
     * A free address for a Service that asked for none, of the first range that has one; empty when
     * all are full.
     */
    public Optional<IpAddress> choose(boolean v6, Key service) {
        Optional<IpAddress> dns =
                ranges.ofDns(v6)
                        .map(AddressRange::dns)
                        .filter(address -> service.equals(DNS_SERVICE))
                        .filter(address -> !owners.containsKey(address));
        return dns.or(
                () ->
                        ranges.open(v6)
                                .filter(range -> !isFull(range))
                                .flatMap(range -> choose(range, service).stream())
                                .findFirst());
    }

    /** Known without a search, which would cost as much as the range has addresses. */
    private boolean isFull(AddressRange range) {
        boolean dnsIsFree =
                ranges.ofDns(range.cidr().v6())
                        .map(AddressRange::dns)
                        .filter(range::assignable)
                        .filter(address -> !owners.containsKey(address))
                        .isPresent();
        return used(range) + (dnsIsFree ? 1 : 0) >= range.size();
    }

    /**
     * Starts at a place that the Service's key decides, so that a Service which is deleted and made
     * again mostly finds its old address, and takes the next free one above the band of {@link
     * AddressRange#band}, or failing that in it.
     */
    private Optional<IpAddress> choose(AddressRange range, Key service) {
        long seed = Integer.toUnsignedLong(service.path().hashCode() * 0x9E37_79B9);
        return free(range, range.band(), range.size(), seed)
                .or(() -> free(range, 0, range.band(), seed));
    }

    private Optional<IpAddress> free(AddressRange range, long from, long to, long seed) {
        long count = to - from;
        for (long i = 0; i < count; i++) {
            IpAddress address = range.address(from + (seed + i) % count);
            if (!owners.containsKey(address) && !ranges.reserved(address)) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    private static Key key(Service service) {
        return Kinds.SERVICE.key(service.getMetadata());
    }

    private static List<IpAddress> addresses(Service service) {
        return service.getSpec().getClusterIpsList().stream()
                .flatMap(text -> IpAddress.parse(text).stream())
                .toList();
    }
}
