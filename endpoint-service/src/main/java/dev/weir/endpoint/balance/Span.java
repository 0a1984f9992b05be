package dev.weir.endpoint.balance;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.Optional;

/**
 * Addresses of one family in a row.
 *
 * @param last not below the first
 */
public record Span(IpAddress first, IpAddress last) {

    public Span {
        if (first.v6() != last.v6() || first.compareTo(last) > 0) {
            throw new IllegalArgumentException("no row of addresses: " + first + "-" + last);
        }
    }

    public static Span of(Cidr range) {
        return new Span(range.base(), range.last());
    }

    /** A CIDR, or {@code FROM-TO}; empty for any other text. */
    public static Optional<Span> parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            return Cidr.parse(text).map(Span::of);
        }
        return IpAddress.parse(text.substring(0, dash))
                .flatMap(
                        from ->
                                IpAddress.parse(text.substring(dash + 1))
                                        .filter(to -> to.v6() == from.v6())
                                        .filter(to -> from.compareTo(to) <= 0)
                                        .map(to -> new Span(from, to)));
    }

    public boolean v6() {
        return first.v6();
    }

    public boolean contains(IpAddress address) {
        return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
    }

    public boolean overlaps(Span other) {
        return first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
    }
}
