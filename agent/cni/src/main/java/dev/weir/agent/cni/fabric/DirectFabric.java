package dev.weir.agent.cni.fabric;

import dev.weir.agent.linux.IpBatch;
import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DesiredVsObserved;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Image;
import dev.weir.core.v1.IpBlock;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One route per remote block of pod addresses, by way of its node, which must be a neighbour: all
 * nodes share a link per address family. Packets are not wrapped, so pods have the link's whole
 * MTU.
 *
 * <p>Only routes of {@link #ROUTE_PROTOCOL} are touched; where somebody else has a route to a
 * block, that is a problem to report.
 */
final class DirectFabric implements DataPlane {
    static final String NAME = "direct";

    /** Marks our routes (see /etc/iproute2/rt_protos; not assigned to anybody). */
    static final int ROUTE_PROTOCOL = 88;

    private static final String PROTOCOL = Integer.toString(ROUTE_PROTOCOL);
    private static final int MAIN_TABLE = 254;

    private final NetworkNamespace node;

    /** Block to its next hop. Owned by the thread that calls the plane, like the fields below. */
    private final DesiredVsObserved<Cidr, IpAddress> routes = new DesiredVsObserved<>();

    private NodeImage image = NodeImage.EMPTY;
    private boolean readBack;

    DirectFabric(NetworkNamespace node) {
        this.node = node;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> shards() {
        return Set.of(Shards.CONTROL);
    }

    @Override
    public Outcome apply(NodeImage next, NodeDelta delta) {
        image = next;
        if (!readBack) {
            routes.observeAll(read());
            next.routes().forEach(routes::desire);
            readBack = true;
        }
        delta.routes().puts().forEach(routes::desire);
        delta.routes().removes().forEach(routes::undesire);
        return program();
    }

    @Override
    public List<Drift> verify() {
        Map<Cidr, IpAddress> found = read();
        Map<Cidr, IpAddress> wanted = routes.desired();
        List<Drift> drifts = new ArrayList<>();
        wanted.forEach(
                (block, hop) -> {
                    if (!hop.equals(found.get(block))) {
                        drifts.add(new Drift("route " + block, hop.toString(), text(found, block)));
                    }
                });
        found.forEach(
                (block, hop) -> {
                    if (!wanted.containsKey(block)) {
                        drifts.add(new Drift("route " + block, "none", hop.toString()));
                    }
                });
        return drifts;
    }

    private static String text(Map<Cidr, IpAddress> found, Cidr block) {
        IpAddress hop = found.get(block);
        return hop == null ? "none" : hop.toString();
    }

    @Override
    public Outcome repair() {
        routes.observeAll(read());
        return program();
    }

    /**
     * Our routes in the main table. One without next hop counts as leading nowhere, the block's own
     * address.
     */
    private Map<Cidr, IpAddress> read() {
        try {
            List<Rtnetlink.Route> all =
                    node.call(
                            () -> {
                                try (Rtnetlink rtnetlink = Rtnetlink.open()) {
                                    return rtnetlink.routes();
                                }
                            });
            Map<Cidr, IpAddress> found = new HashMap<>();
            for (Rtnetlink.Route route : all) {
                var to = route.destination();
                if (route.protocol() == ROUTE_PROTOCOL
                        && route.table() == MAIN_TABLE
                        && to != null) {
                    IpAddress base = IpAddress.of(to.getAddress());
                    var hop = route.gateway();
                    found.put(
                            new Cidr(base, route.prefix()),
                            hop == null ? base : IpAddress.of(hop.getAddress()));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading routes", e);
        }
    }

    private Outcome program() {
        Map<Cidr, IpAddress> missing = routes.missing();
        Map<Cidr, IpAddress> stale = routes.stale();
        Map<Cidr, String> problems = new HashMap<>();
        IpBatch batch = new IpBatch();
        List<Cidr> blocks = new ArrayList<>();
        stale.keySet()
                .forEach(
                        block -> {
                            batch.add("route", "del", block.toString(), "proto", PROTOCOL);
                            blocks.add(block);
                        });
        missing.forEach(
                (block, hop) -> {
                    if (block.v6() == hop.v6()) {
                        String verb = routes.observed(block).isPresent() ? "replace" : "add";
                        batch.add(
                                "route",
                                verb,
                                block.toString(),
                                "via",
                                hop.toString(),
                                "proto",
                                PROTOCOL);
                        blocks.add(block);
                    } else {
                        problems.put(block, "its node has no address of this family, only " + hop);
                    }
                });
        for (IpBatch.Failure failure : run(batch)) {
            if (!failure.gone() || !failure.words().contains("del")) {
                problems.put(blocks.get(failure.line()), failure.message());
            }
        }
        stale.keySet().stream()
                .filter(block -> !problems.containsKey(block))
                .forEach(routes::unobserve);
        missing.forEach(
                (block, hop) -> {
                    if (!problems.containsKey(block)) {
                        routes.observe(block, hop);
                    }
                });
        return problems.isEmpty() ? Outcome.DONE : outcome(problems);
    }

    private List<IpBatch.Failure> run(IpBatch batch) {
        try {
            return batch.run(node);
        } catch (IOException e) {
            readBack = false; // nobody knows how far it came
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            readBack = false;
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while programming routes", e);
        }
    }

    /** Names the blocks as the control plane does. */
    private Outcome outcome(Map<Cidr, String> problems) {
        Map<Key, String> byObject = new HashMap<>();
        problems.forEach(
                (block, reason) ->
                        byObject.merge(
                                object(block),
                                "no route to " + block + ": " + reason,
                                (a, b) -> a + "; " + b));
        return new Outcome(byObject);
    }

    private Key object(Cidr block) {
        Image control = image.shards().getOrDefault(Shards.CONTROL, Image.empty(Shards.CONTROL));
        String name =
                control.all(Kinds.IP_BLOCK, IpBlock.class)
                        .filter(
                                object ->
                                        object.getSpec().getCidrsList().contains(block.toString()))
                        .map(object -> object.getMetadata().getName())
                        .findFirst()
                        .orElse(block.toString());
        return Kinds.IP_BLOCK.key("", name);
    }

    @Override
    public void close() {}
}
