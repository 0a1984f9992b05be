package dev.weir.endpoint.balance;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One derivation: Services enter, give back, are given, the oldest first. Confined to the call that
 * makes it.
 */
final class Round {
    private final List<Pool> pools;
    private final NodeAddresses nodes;
    private final TreeMap<Tenancy, Choice> choices = new TreeMap<>();
    private final TreeSet<String> freed = new TreeSet<>();

    /** Who has what, as far as it has been decided. */
    private Tenants tenants;

    Round(List<Pool> pools, NodeAddresses nodes, Tenants tenants) {
        this.pools = pools;
        this.nodes = nodes;
        this.tenants = tenants;
    }

    void enter(Service service) {
        Choice choice = Choice.of(service, pools, nodes);
        choices.put(choice.tenancy(), choice);
    }

    /** What those that entered may not keep, nobody has from now on. */
    void giveBack() {
        for (Choice choice : choices.values()) {
            List<IpAddress> kept = choice.kept(tenants);
            for (IpAddress address : Tenancy.addresses(choice.service())) {
                if (!kept.contains(address)) {
                    tenants = tenants.without(address, choice.tenancy());
                    freed.add(Choice.family(address));
                }
            }
        }
    }

    /** The families of what was given back. */
    TreeSet<String> freed() {
        return freed;
    }

    /** The Services whose status is to change. */
    SortedMap<Key, Service> give(Instant now) {
        Map<Key, Service> changed = new HashMap<>();
        for (Choice choice : choices.values()) {
            Service after = Result.of(choice, lots(choice), now);
            if (!after.equals(choice.service())) {
                changed.put(choice.tenancy().service(), after);
            }
        }
        return new TreeMap<>(changed);
    }

    private List<Lot> lots(Choice choice) {
        List<IpAddress> kept =
                Tenancy.addresses(choice.service()).stream()
                        .filter(address -> has(address, choice))
                        .toList();
        List<Lot> lots = new ArrayList<>();
        for (String family : choice.service().getSpec().getIpFamiliesList()) {
            Lot lot = choice.lot(family, kept, tenants);
            if (lot instanceof Lot.Given(var address, var pool)) {
                tenants = tenants.with(address, choice.tenancy());
            }
            lots.add(lot);
        }
        return lots;
    }

    private boolean has(IpAddress address, Choice choice) {
        return tenants.at(address).stream()
                .anyMatch(tenancy -> tenancy.service().equals(choice.tenancy().service()));
    }
}
