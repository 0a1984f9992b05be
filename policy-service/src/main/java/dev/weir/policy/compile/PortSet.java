package dev.weir.policy.compile;

import dev.weir.model.Filter.Ports;
import dev.weir.model.Protocol;
import dev.weir.policy.v1.NetworkPolicyPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The ports that a rule, or several with one peer, allow. Equal sets are equal records: ranges are
 * sorted and merged.
 *
 * @param everything every port of every protocol, those without ports included; then there are no
 *     ranges
 */
record PortSet(boolean everything, List<Ports> ranges) {
    static final PortSet NONE = new PortSet(false, List.of());
    static final PortSet EVERYTHING = new PortSet(true, List.of());

    private static final int LAST = 65535;
    private static final Comparator<Ports> ORDER =
            Comparator.comparing(Ports::protocol).thenComparing(Ports::first);

    static PortSet of(Ports range) {
        return new PortSet(false, List.of(range));
    }

    /**
     * The numeric ports of a rule; its named ones are left out. No ports at all mean everything.
     */
    static PortSet numeric(Rule rule) {
        return rule.ports().isEmpty()
                ? EVERYTHING
                : rule.ports().stream()
                        .filter(port -> !port.getPort().hasStrVal())
                        .map(PortSet::range)
                        .map(PortSet::of)
                        .reduce(NONE, PortSet::or);
    }

    private static Ports range(NetworkPolicyPort port) {
        Protocol protocol = Protocol.of(port.getProtocol());
        if (!port.getPort().hasIntVal()) {
            return new Ports(protocol, 0, LAST);
        }
        int first = port.getPort().getIntVal();
        return new Ports(protocol, first, port.hasEndPort() ? port.getEndPort() : first);
    }

    /** What either allows. */
    PortSet or(PortSet other) {
        return everything || other.everything
                ? EVERYTHING
                : new PortSet(false, merge(Stream.concat(ranges.stream(), other.ranges.stream())));
    }

    private static List<Ports> merge(Stream<Ports> ranges) {
        List<Ports> merged = new ArrayList<>();
        ranges.sorted(ORDER)
                .forEach(
                        next -> {
                            Ports last = merged.isEmpty() ? next : merged.getLast();
                            if (!merged.isEmpty()
                                    && last.protocol() == next.protocol()
                                    && next.first() <= last.last() + 1) {
                                merged.removeLast();
                                int end = Math.max(last.last(), next.last());
                                merged.add(new Ports(last.protocol(), last.first(), end));
                            } else {
                                merged.add(next);
                            }
                        });
        return List.copyOf(merged);
    }

    boolean isEmpty() {
        return !everything && ranges.isEmpty();
    }
}
