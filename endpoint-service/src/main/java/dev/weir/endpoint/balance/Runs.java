package dev.weir.endpoint.balance;

import dev.weir.model.IpAddress;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * A set of addresses that tells the lowest one it does not have. Immutable; everything costs the
 * logarithm of its size.
 *
 * <p>Invariant: kept as rows, first to last; between two of them an address is missing.
 */
record Runs(TreePMap<IpAddress, IpAddress> rows) {
    static final Runs EMPTY = new Runs(TreePMap.empty());

    boolean contains(IpAddress address) {
        return row(address) != null;
    }

    private Map.@Nullable Entry<IpAddress, IpAddress> row(IpAddress address) {
        Map.Entry<IpAddress, IpAddress> below = rows.floorEntry(address);
        return below != null && below.getValue().compareTo(address) >= 0 ? below : null;
    }

    Runs plus(IpAddress address) {
        if (contains(address)) {
            return this;
        }
        TreePMap<IpAddress, IpAddress> next = rows;
        IpAddress first = address;
        IpAddress last = address;
        Map.Entry<IpAddress, IpAddress> below = rows.floorEntry(address);
        if (below != null && below.getValue().plus(1).equals(address)) {
            first = below.getKey();
        }
        IpAddress above = rows.get(address.plus(1));
        if (above != null && above.compareTo(address) > 0) {
            last = above;
            next = next.minus(address.plus(1));
        }
        return new Runs(next.plus(first, last));
    }

    Runs minus(IpAddress address) {
        Map.Entry<IpAddress, IpAddress> row = row(address);
        if (row == null) {
            return this;
        }
        TreePMap<IpAddress, IpAddress> next = rows.minus(row.getKey());
        if (!row.getKey().equals(address)) {
            next = next.plus(row.getKey(), address.plus(-1));
        }
        if (!row.getValue().equals(address)) {
            next = next.plus(address.plus(1), row.getValue());
        }
        return new Runs(next);
    }

    /** The lowest address of the span that is missing in both. */
    Optional<IpAddress> missing(Span span, Runs other) {
        Optional<IpAddress> lowest = missing(span);
        while (lowest.filter(other::contains).isPresent()) {
            lowest =
                    other.missing(new Span(lowest.get(), span.last()))
                            .flatMap(next -> missing(new Span(next, span.last())));
        }
        return lowest;
    }

    /** The lowest address of the span that is missing here. */
    Optional<IpAddress> missing(Span span) {
        Map.Entry<IpAddress, IpAddress> row = row(span.first());
        if (row == null) {
            return Optional.of(span.first());
        }
        return row.getValue().compareTo(span.last()) < 0
                ? Optional.of(row.getValue().plus(1))
                : Optional.empty();
    }
}
