package dev.weir.agent.nft;

import dev.weir.agent.spi.DesiredVsObserved;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Frontends and the slots of their endpoints, as they shall be and as they are. Pure bookkeeping,
 * owned by the plane's thread.
 */
final class ServiceTable {
    /** A slot number has 16 bits of the connection mark. */
    static final int MAX_ENDPOINTS = 65_535;

    /** Owner of what a former agent left and nobody wants. */
    private static final Key UNKNOWN = new Key("Service", "", "unknown");

    private final DesiredVsObserved<Frontend, Target> table = new DesiredVsObserved<>();
    private final Map<Frontend, Key> owners = new HashMap<>();
    private final Map<Frontend, String> unfit = new HashMap<>();
    private final Map<Frontend, List<Cidr>> limits = new HashMap<>();
    private final ServiceChains chains = new ServiceChains();
    private final LiveAddresses live;

    ServiceTable(List<Cidr> serviceCidrs) {
        live = new LiveAddresses(serviceCidrs);
    }

    void desire(Frontend frontend, Backends backends) {
        owners.put(frontend, backends.service());
        List<Endpoint> wanted = Endpoint.of(backends.endpoints());
        boolean oneFamily =
                wanted.stream().allMatch(e -> e.address().v6() == frontend.address().v6());
        if (!oneFamily || wanted.size() > MAX_ENDPOINTS) {
            String reason = oneFamily ? "more than " + MAX_ENDPOINTS : "another address family";
            unfit.put(frontend, frontend + " has endpoints that cannot be programmed: " + reason);
            return;
        }
        unfit.remove(frontend);
        Target target = Target.of(frontend, backends, Target.slots(table.observed(frontend)));
        limits.remove(frontend);
        if (!target.sources().equals(Sources.ANY)) {
            List<Cidr> ranges = backends.handling().sources();
            limits.put(frontend, ranges);
            chains.want(
                    target.sources(),
                    () -> Sources.chain(frontend.address().v6(), ranges).orElseThrow());
        }
        Balancer balancer = target.balancer();
        if (balancer.endpoints() > 0) {
            chains.want(balancer.name(), () -> balancer.chain().orElseThrow());
        }
        live.add(frontend);
        release(frontend);
        table.desire(frontend, target);
    }

    void undesire(Frontend frontend) {
        unfit.remove(frontend);
        limits.remove(frontend);
        release(frontend);
        table.undesire(frontend);
    }

    private void release(Frontend frontend) {
        table.desired(frontend)
                .ifPresent(
                        old -> {
                            old.chains().forEach(chains::release);
                            live.remove(frontend);
                        });
    }

    LiveAddresses live() {
        return live;
    }

    /** What was read from the kernel; arranges what is desired anew around it. */
    void found(Map<Frontend, Target> services) {
        table.observeAll(services);
        table.desired()
                .forEach(
                        (frontend, wanted) -> {
                            Optional<Target> there = Optional.ofNullable(services.get(frontend));
                            table.desire(frontend, wanted.around(Target.slots(there)));
                        });
    }

    List<ServiceChange> pending() {
        List<ServiceChange> changes = new ArrayList<>();
        table.missing().forEach((frontend, to) -> changes.add(change(frontend, Optional.of(to))));
        table.stale().forEach((frontend, from) -> changes.add(change(frontend, Optional.empty())));
        return changes;
    }

    private ServiceChange change(Frontend frontend, Optional<Target> to) {
        Key owner = owners.getOrDefault(frontend, UNKNOWN);
        return new ServiceChange(owner, frontend, table.observed(frontend), to);
    }

    /** The change is in force. */
    void done(ServiceChange change) {
        change.to()
                .ifPresentOrElse(
                        to -> table.observe(change.frontend(), to),
                        () -> {
                            table.unobserve(change.frontend());
                            owners.remove(change.frontend());
                        });
    }

    /** What the kernel has. */
    Optional<Target> there(Frontend frontend) {
        return table.observed(frontend);
    }

    Optional<Target> wanted(Frontend frontend) {
        return table.desired(frontend);
    }

    Map<Frontend, Target> desired() {
        return table.desired();
    }

    /** True if this element of a service or endpoint map is as it should be there. */
    boolean wants(ElementKey key) {
        Frontend frontend = ServiceElements.frontend(key);
        if (frontend == null) {
            return false;
        }
        Optional<Target> wanted = table.desired(frontend);
        return key.set().equals(ServiceElements.services(frontend))
                ? wanted.isPresent()
                : wanted.map(t -> t.elements(frontend).containsKey(key)).orElse(false);
    }

    ServiceChains chains() {
        return chains;
    }

    /** The chains that these changes need. */
    List<Chain> chains(Collection<ServiceChange> changes) {
        return chains.of(
                changes.stream()
                        .flatMap(change -> change.to().stream())
                        .flatMap(target -> target.chains().stream())
                        .toList());
    }

    /** True if the kernel knows the frontend. */
    boolean serves(Frontend frontend) {
        return table.observed(frontend).isPresent();
    }

    /** Where the kernel leads the frontend's connections. */
    Set<Endpoint> endpoints(Frontend frontend) {
        return Set.copyOf(Target.slots(table.observed(frontend)));
    }

    /** True if this client may open connections to the frontend. */
    boolean admits(Frontend frontend, IpAddress client) {
        List<Cidr> sources = limits.get(frontend);
        return sources == null
                || sources.stream().anyMatch(range -> range.contains(client))
                || live.contains(client);
    }

    void problems(Map<Key, String> into) {
        unfit.forEach((frontend, why) -> into.put(owners.getOrDefault(frontend, UNKNOWN), why));
    }
}
