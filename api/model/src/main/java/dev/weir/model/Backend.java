package dev.weir.model;

import java.util.Comparator;

/**
 * Where a connection to a Service ends up.
 *
 * @param local on this node
 */
public record Backend(IpAddress address, int port, boolean local) implements Comparable<Backend> {
    private static final Comparator<Backend> ORDER =
            Comparator.comparing(Backend::address)
                    .thenComparing(Backend::port)
                    .thenComparing(Backend::local);

    @Override
    public int compareTo(Backend other) {
        return ORDER.compare(this, other);
    }
}
