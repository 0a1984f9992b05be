package dev.weir.model;

import java.util.Comparator;

/**
 * What a client of a Service addresses.
 *
 * @param clients of whom; what is there for the node's own comes before what is there for anybody
 */
public record Frontend(IpAddress address, Protocol protocol, int port, Clients clients)
        implements Comparable<Frontend> {
    private static final Comparator<Frontend> ORDER =
            Comparator.comparing(Frontend::address)
                    .thenComparing(Frontend::protocol)
                    .thenComparing(Frontend::port)
                    .thenComparing(Frontend::clients);

    /** Whose connections are meant. */
    public enum Clients {
        ANYBODY,
        /** Of the node itself and its pods. */
        OWN
    }

    public Frontend(IpAddress address, Protocol protocol, int port) {
        this(address, protocol, port, Clients.ANYBODY);
    }

    public Frontend of(Clients others) {
        return new Frontend(address, protocol, port, others);
    }

    @Override
    public int compareTo(Frontend other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        String where = (address.v6() ? "[" + address + "]" : address) + ":" + port + "/" + protocol;
        return clients == Clients.OWN ? where + " from this node" : where;
    }
}
