package dev.weir.endpoint.allocate;

import dev.weir.changes.Image;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.net.v1.ServiceCidr;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The ranges that cluster IPs come from, in the order in which they are given out: first those of
 * the settings, then those of other ServiceCIDRs, the oldest first. They may overlap.
 *
 * @param own those of the settings, one for each of one or two families: DNS has its address there,
 *     and the first one's is the default family
 * @param open those that addresses are given out of
 * @param closing others, of ServiceCIDRs that are being deleted: who has an address there keeps it
 */
public record Ranges(List<AddressRange> own, List<AddressRange> open, List<AddressRange> closing) {
    /** The ServiceCIDR that has the ranges of the settings. */
    public static final String DEFAULT = "kubernetes";

    private static final Comparator<ServiceCidr> ORDER =
            Comparator.comparing(
                    ServiceCidr::getMetadata,
                    Comparator.comparing((ObjectMeta meta) -> !meta.getName().equals(DEFAULT))
                            .thenComparing(meta -> meta.getCreationTimestamp().getSeconds())
                            .thenComparing(ObjectMeta::getName));

    public Ranges {
        own = List.copyOf(own);
        open = List.copyOf(open);
        closing = List.copyOf(closing);
        if (own.isEmpty()
                || own.size() > 2
                || own.stream().map(range -> range.cidr().v6()).distinct().count() < own.size()) {
            throw new IllegalArgumentException(
                    "one Service range for each of one or two address families: " + own);
        }
    }

    /** Where there are no others. */
    public static Ranges of(List<AddressRange> own) {
        return new Ranges(own, own, List.of());
    }

    /** As the image's ServiceCIDRs have them; those of the settings when it has none. */
    public static Ranges in(Image endpoint, List<AddressRange> own) {
        List<ServiceCidr> objects =
                endpoint.all(Kinds.SERVICE_CIDR, ServiceCidr.class).sorted(ORDER).toList();
        if (objects.isEmpty()) {
            return of(own);
        }
        LinkedHashSet<AddressRange> open = new LinkedHashSet<>();
        LinkedHashSet<AddressRange> closing = new LinkedHashSet<>();
        for (ServiceCidr object : objects) {
            (isClosing(object) ? closing : open).addAll(of(object));
        }
        closing.removeAll(open);
        return new Ranges(own, List.copyOf(open), List.copyOf(closing));
    }

    /** Those of one ServiceCIDR that was admitted. */
    public static List<AddressRange> of(ServiceCidr object) {
        return object.getSpec().getCidrsList().stream()
                .flatMap(text -> Cidr.parse(text).stream())
                .map(AddressRange::new)
                .toList();
    }

    public static boolean isClosing(ServiceCidr object) {
        return object.getMetadata().hasDeletionTimestamp();
    }

    /** All that Services may have addresses of. */
    public Stream<AddressRange> all() {
        return Stream.concat(open.stream(), closing.stream());
    }

    Stream<AddressRange> open(boolean v6) {
        return open.stream().filter(range -> range.cidr().v6() == v6);
    }

    /** The range where the DNS Service has its address. */
    Optional<AddressRange> ofDns(boolean v6) {
        return own.stream()
                .filter(range -> range.cidr().v6() == v6)
                .filter(range -> range.assignable(range.dns()))
                .findFirst();
    }

    /** Whether it belongs to the DNS Service alone. */
    boolean reserved(IpAddress address) {
        return ofDns(address.v6()).filter(range -> range.dns().equals(address)).isPresent();
    }
}
