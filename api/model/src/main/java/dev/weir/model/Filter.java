package dev.weir.model;

import java.util.List;

/** What network policies make of one direction of one pod. */
public sealed interface Filter {

    /** No policy selects the pod in this direction: everything passes. */
    record Open() implements Filter {}

    /** Something does: only what a rule allows passes. No rules: nothing does. */
    record Isolated(List<Allow> rules) implements Filter {
        public Isolated {
            rules = List.copyOf(rules);
        }
    }

    Filter OPEN = new Open();

    /** For a pod whose labels are not known yet as well. */
    Filter CLOSED = new Isolated(List.of());

    /**
     * Allows connections with any of the peers to any of the ports.
     *
     * @param ports none means all, of every protocol
     */
    record Allow(Peer peer, List<Ports> ports) {
        public Allow {
            ports = List.copyOf(ports);
        }
    }

    /** The other end of a connection. */
    sealed interface Peer {}

    /** Everybody, outside the cluster too. */
    record Anyone() implements Peer {}

    /** The pods of a group, by the group's name in the image; an absent group is empty. */
    record Group(String name) implements Peer {}

    /** The addresses of a range but for the excepted ones. */
    record Block(Cidr cidr, List<Cidr> except) implements Peer {
        public Block {
            except = List.copyOf(except);
        }
    }

    /**
     * Ports of the destination pod, after any Service; 1 to 65535, both ends included; 0 to 65535
     * is all.
     */
    record Ports(Protocol protocol, int first, int last) {}
}
