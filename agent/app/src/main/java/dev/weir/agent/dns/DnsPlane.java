package dev.weir.agent.dns;

import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.MapDelta;
import dev.weir.changes.Step;
import dev.weir.dns.zone.Zone;
import dev.weir.dns.zone.ZoneDelta;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.dns.zone.ZoneSource;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The zone of this node. Behind the planes that carry addresses, so that a name appears after its
 * address is programmed here, and goes before it. The responder reads the zone whenever it likes:
 * it is one immutable value, swapped.
 */
public final class DnsPlane implements DataPlane {
    private volatile Zone zone;
    private ZoneSource source = ZoneSource.EMPTY;
    private Image control = Image.empty(Shards.CONTROL);
    private Image endpoint = Image.empty(Shards.ENDPOINT);

    public DnsPlane(ZoneSettings settings) {
        this.zone = Zone.empty(settings);
    }

    /** Not in sync until the first apply. */
    public Zone zone() {
        return zone;
    }

    @Override
    public String name() {
        return "dns";
    }

    @Override
    public Set<String> shards() {
        return Set.of(Shards.CONTROL, Shards.ENDPOINT);
    }

    @Override
    public void withdraw(NodeImage next, NodeDelta delta) {
        Set<Key> removes = source.advance(step(endpoint, next, delta)).delta().services().removes();
        if (!removes.isEmpty()) {
            ZoneDelta going = new ZoneDelta(new MapDelta<>(Map.of(), removes), Set.of(), Set.of());
            zone = zone.apply(going, endpoint.revision());
        }
    }

    @Override
    public Outcome apply(NodeImage image, NodeDelta delta) {
        Step controlStep = step(control, image, delta);
        Step endpointStep = step(endpoint, image, delta);
        control = controlStep.to();
        endpoint = endpointStep.to();
        Zone next = zone;
        for (Step step : List.of(controlStep, endpointStep)) {
            ZoneSource.Advance advance = source.advance(step);
            source = advance.next();
            next = next.apply(advance.delta(), endpoint.revision());
        }
        zone = next.inSync();
        return Outcome.DONE;
    }

    /** The delta starts where this plane is, or before: it may name what is known already. */
    private static Step step(Image from, NodeImage next, NodeDelta delta) {
        Image to = next.shards().getOrDefault(from.shard(), from);
        Delta change = delta.shards().get(from.shard());
        return change == null ? Step.still(to) : new Step(from, change, to);
    }

    @Override
    public List<Drift> verify() {
        return List.of();
    }

    @Override
    public Outcome repair() {
        return Outcome.DONE;
    }

    @Override
    public void close() {}
}
