package dev.weir.agent.derive;

import dev.weir.agent.spi.HealthCheck;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.MapDelta;
import dev.weir.changes.Step;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.Node;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.model.ServiceRanges;
import dev.weir.model.Shards;
import dev.weir.net.v1.ServiceCidr;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pcollections.PMap;

/**
 * Makes a node's image from the shards and the node's own pods.
 *
 * <p>Law: whatever the steps, the result equals the one derived from {@link NodeImage#EMPTY} in one
 * step. What no step names is taken over from the previous image, the same object. For one caller
 * at a time.
 */
public final class NodeDeriver {
    private final NodeSettings settings;
    private final ServiceIndex index;
    private Announcers announcers = Announcers.in(Image.empty(Shards.CONTROL));

    public NodeDeriver(NodeSettings settings) {
        this.settings = settings;
        this.index = new ServiceIndex(settings);
    }

    /**
     * Derives the next image.
     *
     * @param previous what this returned last, or {@link NodeImage#EMPTY}
     * @param shards those that are in sync, as they are now; the control and policy shards must be
     *     there before any pod's filters open
     * @param deltas what leads to them from {@code previous.shards()}; where one is missing, the
     *     images are compared
     * @param attachments the pods of this node, each once
     */
    public NodeStep derive(
            NodeImage previous,
            Map<String, Image> shards,
            Map<String, Delta> deltas,
            Collection<Attachment> attachments) {
        Step control = step(Shards.CONTROL, previous, shards, deltas);
        Step endpoint = step(Shards.ENDPOINT, previous, shards, deltas);
        Step policy = step(Shards.POLICY, previous, shards, deltas);
        index.follow(endpoint);
        announcers = announcers.next(control);
        Here here = Here.in(control.to(), settings);
        ServiceStep services = ServiceStep.of(endpoint, index);
        LocalPods local =
                LocalPods.derive(
                        settings.nodeName(),
                        previous,
                        control,
                        policy,
                        shards.keySet(),
                        attachments);
        PMap<Cidr, IpAddress> routes = routes(previous.routes(), control);
        Edit<Frontend, Backends> frontends =
                Services.derive(
                        services, Here.in(control.from(), settings), here, previous.services());
        Edit<IpAddress, Set<String>> announcements =
                LoadBalancers.announcements(services, announcers, previous.announcements());
        Edit<Integer, HealthCheck> healthChecks =
                LoadBalancers.healthChecks(services, here, previous.healthChecks());
        List<Cidr> serviceCidrs =
                endpoint.keys(Kinds.SERVICE_CIDR).findAny().isPresent()
                        ? ServiceRanges.of(endpoint.to().all(Kinds.SERVICE_CIDR, ServiceCidr.class))
                        : previous.serviceCidrs();
        Map<String, Delta> moved = new HashMap<>();
        Map<String, Step> steps = new HashMap<>();
        List.of(control, endpoint, policy).forEach(step -> steps.put(step.to().shard(), step));
        for (String shard : shards.keySet()) {
            Step step = steps.computeIfAbsent(shard, s -> step(s, previous, shards, deltas));
            if (step.from() != step.to()) {
                moved.put(shard, step.delta());
            }
        }
        return new NodeStep(
                previous,
                new NodeDelta(
                        moved,
                        MapDelta.between(previous.routes(), routes),
                        frontends.delta(),
                        MapDelta.between(previous.pods(), local.pods()),
                        MapDelta.between(previous.groups(), local.groups()),
                        announcements.delta(),
                        healthChecks.delta(),
                        Optional.of(serviceCidrs)
                                .filter(ranges -> !ranges.equals(previous.serviceCidrs()))),
                new NodeImage(
                        frontier(shards),
                        shards,
                        routes,
                        frontends.to(),
                        local.pods(),
                        local.groups(),
                        announcements.to(),
                        healthChecks.to(),
                        serviceCidrs));
    }

    private static Step step(
            String shard,
            NodeImage previous,
            Map<String, Image> shards,
            Map<String, Delta> deltas) {
        Image from = previous.shards().getOrDefault(shard, Image.empty(shard));
        Image to = shards.getOrDefault(shard, Image.empty(shard));
        Delta delta = deltas.get(shard);
        return delta != null
                ? new Step(from, delta, to)
                : from == to ? Step.still(to) : Step.between(from, to);
    }

    private static Frontier frontier(Map<String, Image> shards) {
        Frontier frontier = Frontier.EMPTY;
        for (Image image : new TreeMap<>(shards).values()) {
            frontier = frontier.with(image.logId(), image.shard(), image.revision());
        }
        return frontier;
    }

    private PMap<Cidr, IpAddress> routes(PMap<Cidr, IpAddress> previous, Step control) {
        if (Stream.of(Kinds.NODE, Kinds.IP_BLOCK).flatMap(control::keys).findAny().isEmpty()) {
            return previous;
        }
        Map<Cidr, IpAddress> routes =
                Routes.derive(
                        control.to().all(Kinds.NODE, Node.class).toList(),
                        control.to().all(Kinds.IP_BLOCK, IpBlock.class).toList(),
                        settings);
        MapDelta<Cidr, IpAddress> change = MapDelta.between(previous, routes);
        return previous.plusAll(change.puts()).minusAll(change.removes());
    }
}
