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

    private final List<AddressRange> ranges;
    private final PMap<IpAddress, Key> owners;

    private ClusterIps(List<AddressRange> ranges, PMap<IpAddress, Key> owners) {
        this.ranges = ranges;
        this.owners = owners;
    }

    /**
     * @param ranges one or two, of different families; the first one's is the default family
     */
    public static ClusterIps empty(List<AddressRange> ranges) {
        if (ranges.isEmpty()
                || ranges.size() > 2
                || ranges.stream().map(range -> range.cidr().v6()).distinct().count()
                        < ranges.size()) {
            throw new IllegalArgumentException(
                    "one Service range for each of one or two address families: " + ranges);
        }
        return new ClusterIps(List.copyOf(ranges), HashTreePMap.empty());
    }

    /** The index of these objects, e.g. after a replay. */
    public static ClusterIps of(List<AddressRange> ranges, Stream<Service> services) {
        return services.reduce(
                empty(ranges),
                (index, service) -> index.after(Optional.empty(), Optional.of(service)),
                (left, right) -> {
                    throw new IllegalStateException("a sequential stream has nothing to combine");
                });
    }

    /** The index after a change: no old for a create, no new for a delete. */
    public ClusterIps after(Optional<Service> old, Optional<Service> now) {
        PMap<IpAddress, Key> next = owners;
        if (old.isPresent()) {
            Key key = key(old.get());
            for (IpAddress address : addresses(old.get())) {
                next = key.equals(next.get(address)) ? next.minus(address) : next;
            }
        }
        if (now.isPresent()) {
            Key key = key(now.get());
            for (IpAddress address : addresses(now.get())) {
                next = next.containsKey(address) ? next : next.plus(address, key);
            }
        }
        return new ClusterIps(ranges, next);
    }

    public List<AddressRange> ranges() {
        return ranges;
    }

    /** The range of an address family. */
    public Optional<AddressRange> range(boolean v6) {
        return ranges.stream().filter(range -> range.cidr().v6() == v6).findFirst();
    }

    public Optional<Key> owner(IpAddress address) {
        return Optional.ofNullable(owners.get(address));
    }

    /** Why this Service may not have this address; empty when it may. */
    public Optional<String> refusal(IpAddress address, Key service) {
        Optional<AddressRange> range = range(address.v6());
        if (range.isEmpty() || !range.get().assignable(address)) {
            return Optional.of(
                    "provided IP is not in the valid range. The range of valid IPs is "
                            + range.orElse(ranges.getFirst()).cidr());
        }
        boolean reserved = address.equals(range.get().dns()) && !service.equals(DNS_SERVICE);
        boolean taken = owner(address).filter(owner -> !owner.equals(service)).isPresent();
        return reserved || taken ? Optional.of(TAKEN) : Optional.empty();
    }

    /**
     * A free address for a Service that asked for none; empty when the range is full. Starts at a
     * place that the Service's key decides, so that a Service which is deleted and made again
     * mostly finds its old address, and takes the next free one above the band of {@link
     * AddressRange#band}, or failing that in it.
     */
    public Optional<IpAddress> choose(AddressRange range, Key service) {
        if (service.equals(DNS_SERVICE)
                && range.assignable(range.dns())
                && !owners.containsKey(range.dns())) {
            return Optional.of(range.dns());
        }
        long seed = Integer.toUnsignedLong(service.path().hashCode() * 0x9E37_79B9);
        return free(range, range.band(), range.size(), seed)
                .or(() -> free(range, 0, range.band(), seed));
    }

    private Optional<IpAddress> free(AddressRange range, long from, long to, long seed) {
        long count = to - from;
        for (long i = 0; i < count; i++) {
            IpAddress address = range.address(from + (seed + i) % count);
            if (!owners.containsKey(address) && !address.equals(range.dns())) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    private static Key key(Service service) {
        return Kinds.SERVICE.key(
                service.getMetadata().getNamespace(), service.getMetadata().getName());
    }

    private static List<IpAddress> addresses(Service service) {
        return service.getSpec().getClusterIpsList().stream()
                .flatMap(text -> IpAddress.parse(text).stream())
                .toList();
    }
}
