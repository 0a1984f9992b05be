package dev.weir.endpoint.allocate;

import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Which Service has which node port: an index of the Service objects, never a state of its own.
 * Immutable; following one change costs the same however many Services there are.
 *
 * <p>A number belongs to a Service for one protocol. One that is chosen here is free for all of
 * them, so that TCP and UDP of one port can have the same.
 */
public final class NodePorts {
    /** Kubernetes' words, which people look for. */
    static final String TAKEN = "provided port is already allocated";

    public static final String FULL = "range is full";

    private final PortRange range;
    private final PMap<NodePort, Key> owners;

    private NodePorts(PortRange range, PMap<NodePort, Key> owners) {
        this.range = range;
        this.owners = owners;
    }

    public static NodePorts empty(PortRange range) {
        return new NodePorts(range, HashTreePMap.empty());
    }

    /** The index of these objects, e.g. after a replay. */
    public static NodePorts of(PortRange range, Stream<Service> services) {
        return services.reduce(
                empty(range),
                (index, service) -> index.after(Optional.empty(), Optional.of(service)),
                (left, right) -> {
                    throw new IllegalStateException("a sequential stream has nothing to combine");
                });
    }

    /** The index after a change: no old for a create, no new for a delete. */
    public NodePorts after(Optional<Service> old, Optional<Service> now) {
        PMap<NodePort, Key> next = owners;
        if (old.isPresent()) {
            Key key = key(old.get());
            for (NodePort port : NodePort.of(old.get())) {
                next = key.equals(next.get(port)) ? next.minus(port) : next;
            }
        }
        if (now.isPresent()) {
            Key key = key(now.get());
            for (NodePort port : NodePort.of(now.get())) {
                next = next.containsKey(port) ? next : next.plus(port, key);
            }
        }
        return next == owners ? this : new NodePorts(range, next);
    }

    /** The index with one more port of a Service; one that has an owner keeps it. */
    public NodePorts with(NodePort port, Key service) {
        return owners.containsKey(port) ? this : new NodePorts(range, owners.plus(port, service));
    }

    public PortRange range() {
        return range;
    }

    public Optional<Key> owner(NodePort port) {
        return Optional.ofNullable(owners.get(port));
    }

    /** Why this port cannot be had; empty when it can. */
    public Optional<String> refusal(NodePort port) {
        if (!range.contains(port.number())) {
            return Optional.of(
                    "provided port is not in the valid range. The range of valid ports is "
                            + range);
        }
        return owners.containsKey(port) ? Optional.of(TAKEN) : Optional.empty();
    }

    /**
     * A number that nobody has for any protocol; empty when there is none. Starts at a place that
     * the Service's key decides, so that a Service which is deleted and made again mostly finds its
     * old number, and takes the next free one above the band of {@link PortRange#band}, or failing
     * that in it.
     */
    public OptionalInt choose(Key service) {
        int seed = service.path().hashCode() * 0x9E37_79B9;
        int dynamic = range.first() + range.band();
        OptionalInt above = free(dynamic, range.last(), seed);
        return above.isPresent() ? above : free(range.first(), dynamic - 1, seed);
    }

    private OptionalInt free(int first, int last, int seed) {
        int count = last - first + 1;
        for (int i = 0; i < count; i++) {
            int number = first + (Integer.remainderUnsigned(seed, count) + i) % count;
            if (NodePort.PROTOCOLS.stream()
                    .noneMatch(protocol -> owners.containsKey(new NodePort(protocol, number)))) {
                return OptionalInt.of(number);
            }
        }
        return OptionalInt.empty();
    }

    private static Key key(Service service) {
        return Kinds.SERVICE.key(service.getMetadata());
    }
}
