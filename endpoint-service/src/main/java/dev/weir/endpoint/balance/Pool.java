package dev.weir.endpoint.balance;

import dev.weir.changes.Image;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.net.v1.AddressPool;
import java.util.List;

/**
 * An AddressPool as it is used.
 *
 * @param automatic whether Services that ask for no pool are given its addresses
 * @param spans in the order that they are given out
 */
public record Pool(String name, boolean automatic, List<Span> spans) {
    public Pool {
        spans = List.copyOf(spans);
    }

    /** Of one that was admitted. */
    public static Pool of(AddressPool object) {
        return new Pool(
                object.getMetadata().getName(),
                !object.getSpec().hasAutoAssign() || object.getSpec().getAutoAssign(),
                object.getSpec().getAddressesList().stream()
                        .flatMap(text -> Span.parse(text).stream())
                        .toList());
    }

    /** All there are, in the order of their names. */
    public static List<Pool> in(Image endpoint) {
        return endpoint.all(Kinds.ADDRESS_POOL, AddressPool.class).map(Pool::of).toList();
    }

    public boolean contains(IpAddress address) {
        return spans.stream().anyMatch(span -> span.contains(address));
    }

    boolean has(boolean v6) {
        return spans.stream().anyMatch(span -> span.v6() == v6);
    }
}
