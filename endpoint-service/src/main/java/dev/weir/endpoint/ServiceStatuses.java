package dev.weir.endpoint;

import com.google.protobuf.Message;
import dev.weir.changes.Step;
import dev.weir.endpoint.admission.SpecConditions;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.balance.Balancer;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Service;
import dev.weir.server.Derivation;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is derived of a Service's status: its load-balancer addresses, and its conditions, which
 * admission has written already unless the settings or ServiceCIDRs are others since; and which of
 * these go. Owned by the shard's writer thread.
 */
final class ServiceStatuses implements Derivation {
    private final AllocationIndex index;
    private final SpecConditions conditions;
    private final Clock clock;
    private final Balancer balancer = new Balancer();

    ServiceStatuses(AllocationIndex index, SpecConditions conditions, Clock clock) {
        this.index = index;
        this.conditions = conditions;
        this.clock = clock;
    }

    @Override
    public SortedMap<Key, Optional<Message>> derive(Steps steps) {
        Step endpoint = steps.of(Shards.ENDPOINT);
        Instant now = clock.instant();
        Allocations allocations = index.in(steps.accepted());
        SpecConditions here = conditions.in(allocations.addresses().ranges());
        SortedMap<Key, Service> given =
                balancer.derive(steps.of(Shards.CONTROL), endpoint, allocations.tenants(), now);
        TreeSet<Key> touched = new TreeSet<>(given.keySet());
        if (endpoint.keys(Kinds.SERVICE_CIDR).findAny().isPresent()) {
            endpoint.to()
                    .all(Kinds.SERVICE, Service.class)
                    .map(service -> Kinds.SERVICE.key(service.getMetadata()))
                    .forEach(touched::add);
        } else {
            endpoint.keys(Kinds.SERVICE).forEach(touched::add);
        }
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        for (Key key : touched) {
            endpoint.to()
                    .find(Service.class, key)
                    .ifPresent(
                            service -> {
                                Service after = here.on(given.getOrDefault(key, service), now);
                                if (!after.equals(service)) {
                                    changes.put(key, Optional.of(after));
                                }
                            });
        }
        changes.putAll(ServiceCidrs.derive(endpoint, allocations.addresses()));
        return changes;
    }
}
