package dev.weir.agent.nft;

import dev.weir.agent.linux.Conntrack;
import dev.weir.agent.linux.Conntrack.Family;
import dev.weir.agent.linux.Conntrack.Filter;
import dev.weir.agent.linux.Conntrack.Flow;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.spi.Drift;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done about connections that are already there. A translation stays as long as its
 * client keeps sending; so where a Service does not lead there any more, the connection is ended,
 * and its next packet is a new one. That is decided by what the Services are now, and not by what
 * changed: who missed a change makes it good the next time.
 *
 * <p>Connections that got an answer end by themselves, but for UDP, which knows no end. Owned by
 * the plane's thread.
 */
final class Flows {
    /**
     * One pass over the table costs some 10 ms, whatever is in it: the kernel looks at each of
     * 262,144 buckets. Where endpoints go faster than this for long, connections without an answer
     * wait so long; their clients send the same packet again only after a second anyhow.
     */
    private static final Duration REST = Duration.ofSeconds(1);

    /** Passes that may follow each other without a rest. */
    private static final int BURST = 10;

    private static final Logger LOG = System.getLogger(Flows.class.getName());

    private final Conntrack conntrack;
    private final NftTables tables;
    private final Leases leases;
    private final EnumSet<Part> owed = EnumSet.noneOf(Part.class);

    /** Of UDP, to which somebody has sent: known by a pass, or by what their element counted. */
    private final Set<Frontend> used = new HashSet<>();

    private long rested = System.nanoTime();
    private long ended;

    Flows(Conntrack conntrack, NftTables tables, Leases leases) {
        this.conntrack = conntrack;
        this.tables = tables;
        this.leases = leases;
    }

    /** Parts of the table of connections that the kernel can tell from others. */
    private enum Part {
        UDP4(Family.IPV4, new Filter.Only(Protocol.UDP.number())),
        UDP6(Family.IPV6, new Filter.Only(Protocol.UDP.number())),
        UNANSWERED(Family.ANY, new Filter.Unanswered());

        private final Family family;
        private final Filter filter;

        Part(Family family, Filter filter) {
            this.family = family;
            this.filter = filter;
        }

        static Part of(Frontend frontend) {
            return switch (frontend.protocol()) {
                case UDP -> frontend.address().v6() ? UDP6 : UDP4;
                case TCP, SCTP -> UNANSWERED;
            };
        }
    }

    /**
     * To be called before the changes are made: an element that counted may go with one of them.
     * Only the first packet of a connection meets an element, so who has counted nothing has no
     * connections, but for those of leases.
     */
    void expect(List<ServiceChange> changes) throws IOException {
        for (ServiceChange change : changes) {
            Frontend frontend = change.frontend();
            if (frontend.protocol() == Protocol.UDP
                    && change.from().isPresent()
                    && (change.replacesEntry() || change.misleads())
                    && !used.contains(frontend)
                    && (leases.granted(frontend) || counted(frontend))) {
                used.add(frontend);
            }
        }
    }

    private boolean counted(Frontend frontend) throws IOException {
        String map = ServiceElements.services(frontend);
        return tables.packets(Layout.TABLE, map, ServiceElements.key(frontend)) > 0;
    }

    /**
     * Looks only where one of the changes may have misled somebody: at once for UDP that is in use,
     * in time for all else.
     */
    void endMisled(List<ServiceChange> changes, ServiceTable services) throws IOException {
        Set<Part> urgent = EnumSet.noneOf(Part.class);
        for (ServiceChange change : changes) {
            Frontend frontend = change.frontend();
            if (change.misleads()) {
                owed.add(Part.of(frontend));
                if (change.isFirst() || used.contains(frontend)) {
                    urgent.add(Part.of(frontend));
                }
            }
        }
        urgent.remove(Part.UNANSWERED);
        for (Part part : owed.clone()) {
            if (urgent.contains(part) || mayPass()) {
                end(part, services);
            }
        }
        changes.stream().filter(c -> c.to().isEmpty()).forEach(c -> used.remove(c.frontend()));
    }

    /** True if there is somewhere to look yet: {@link #endMisled} shall be called again in time. */
    boolean owes() {
        return !owed.isEmpty();
    }

    /** The time at which all passes so far were rested from lies at most a burst ahead. */
    private boolean mayPass() {
        long now = System.nanoTime();
        long next = (rested - now < 0 ? now : rested) + REST.toNanos();
        if (next - now > REST.toNanos() * BURST) {
            return false;
        }
        rested = next;
        return true;
    }

    /** Looks everywhere. */
    void endMisled(ServiceTable services) throws IOException {
        for (Part part : Part.values()) {
            end(part, services);
        }
    }

    private void end(Part part, ServiceTable services) throws IOException {
        int gone = conntrack.delete(part.family, part.filter, wrong(services));
        if (gone > 0) {
            ended += gone;
            LOG.log(Level.DEBUG, "Ended {0} connections that Services misled, of {1}", gone, part);
        }
        owed.remove(part);
    }

    /** How many are misled, but where {@link #owes} will look anyhow; nothing if none is. */
    List<Drift> drifts(ServiceTable services) throws IOException {
        int misled = 0;
        for (Part part : EnumSet.complementOf(owed)) {
            misled += conntrack.flows(part.family, part.filter, wrong(services)).size();
        }
        return misled == 0
                ? List.of()
                : List.of(new Drift("connections that Services mislead", "0", "" + misled));
    }

    /** How many were ended since this process began. */
    long ended() {
        return ended;
    }

    private Predicate<Flow> wrong(ServiceTable services) {
        Map<Frontend, Set<Endpoint>> known = new HashMap<>();
        return flow -> {
            Conntrack.Tuple to = flow.original();
            Protocol protocol = protocol(to.protocol());
            if (protocol == null) {
                return false;
            }
            Frontend anybody = new Frontend(address(to.destination()), protocol, to.to());
            Frontend own = anybody.of(Clients.OWN);
            Conntrack.Tuple from = flow.reply();
            Endpoint endpoint = new Endpoint(address(from.source()), from.from());
            boolean bare = endpoint.equals(new Endpoint(anybody.address(), anybody.port()));
            boolean translated = !bare && (flow.mark() & Marks.SERVICE) != 0;
            if (!translated && !services.serves(anybody) && !services.serves(own)) {
                return false; // to no Service, now or then
            }
            if (leases.lead(anybody, endpoint)) {
                return false;
            }
            Frontend frontend = (flow.mark() & Marks.INSIDE) == 0 ? anybody : own;
            if (protocol == Protocol.UDP && services.serves(frontend)) {
                used.add(frontend);
            }
            return !known.computeIfAbsent(frontend, services::endpoints).contains(endpoint)
                    || !services.admits(frontend, address(to.source()));
        };
    }

    private static @Nullable Protocol protocol(int number) {
        for (Protocol protocol : Protocol.values()) {
            if (protocol.number() == number) {
                return protocol;
            }
        }
        return null;
    }

    private static IpAddress address(InetAddress address) {
        return IpAddress.of(address.getAddress());
    }

    /** Before policy generations are used a second time; see {@link Marks}. */
    void forgetGenerations() throws IOException {
        conntrack.mark(Family.ANY, flow -> Marks.unjudged(flow.mark()));
    }
}
