package dev.weir.model;

import java.util.Comparator;

/** What a client of a Service addresses. */
public record Frontend(IpAddress address, Protocol protocol, int port)
        implements Comparable<Frontend> {
    private static final Comparator<Frontend> ORDER =
            Comparator.comparing(Frontend::address)
                    .thenComparing(Frontend::protocol)
                    .thenComparing(Frontend::port);

    @Override
    public int compareTo(Frontend other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return (address.v6() ? "[" + address + "]" : address) + ":" + port + "/" + protocol;
    }
}
