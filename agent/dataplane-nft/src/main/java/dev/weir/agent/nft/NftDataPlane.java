package dev.weir.agent.nft;

import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Outcome;
import dev.weir.agent.spi.Programmed;
import dev.weir.agent.spi.Traffic;
import dev.weir.model.Backend;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Carries out what {@link ServiceTable} and {@link PolicyTable} work out.
 *
 * <p>Order of a change: chains and sets; the ranges of cluster IPs; pods, groups and policies in
 * one transaction with the policy generation; Services; then what nobody refers to any more goes.
 * Never lists in steady state: what the kernel holds is read at the first call, for verification
 * and for repair.
 *
 * <p>Owned by the plane's thread, but for {@link #lease}.
 */
final class NftDataPlane implements DataPlane {
    private final NodeSettings settings;
    private final Kernel kernel;
    private final Batches batches;
    private final Leases leases;
    private final Ruleset ruleset;
    private final Flows flows;
    private final SecondLock lock;
    private final Meters meters;
    private final Counts counts;
    private final Serving serving;
    private final Enforcing enforcing;
    private final Inspection inspection;
    private Desired desired;
    private boolean adopted;
    private Map<Key, String> refused = Map.of();

    /** The last verification found nothing to mend but connections. */
    private boolean onlyFlows;

    NftDataPlane(NodeSettings settings, Kernel kernel) {
        this.settings = settings;
        this.desired = Desired.before(NodeImage.EMPTY, settings);
        this.kernel = kernel;
        this.batches = new Batches(kernel.tables());
        this.leases = new Leases(kernel.leases());
        this.ruleset = new Ruleset(kernel.text());
        this.flows = new Flows(kernel.conntrack(), kernel.tables(), leases);
        this.meters = new Meters(kernel.tables(), settings.countTraffic());
        this.counts = new Counts(kernel.tables(), meters);
        this.serving = new Serving(batches, counts);
        this.enforcing = new Enforcing(batches, flows);
        this.lock = new SecondLock(settings.podCidrs());
        this.inspection = new Inspection(kernel, leases, lock);
    }

    @Override
    public String name() {
        return NftDataPlaneProvider.NAME;
    }

    @Override
    public Set<String> shards() {
        return Set.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY);
    }

    @Override
    public Outcome apply(NodeImage image, NodeDelta delta) {
        return carryOut(
                () -> {
                    if (adopted) {
                        desired.follow(image, delta);
                        return program(false);
                    }
                    desired = Desired.before(image, settings);
                    adopt();
                    desired.follow(image, NodeDelta.between(NodeImage.EMPTY, image));
                    return program(true);
                });
    }

    @Override
    public Outcome repair() {
        return carryOut(
                () -> {
                    if (onlyFlows && adopted) {
                        onlyFlows = false;
                        flows.endMisled(desired.services());
                        return outcome();
                    }
                    adopt();
                    return program(true);
                });
    }

    private interface Work {
        Outcome run() throws IOException;
    }

    private Outcome carryOut(Work work) {
        try {
            Outcome outcome = work.run();
            adopted = true;
            leases.left(kernel.tables());
            return outcome;
        } catch (IOException e) {
            adopted = false; // what the kernel holds is uncertain: it is read back next time
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the fixed part of the table right and takes over what else is there. */
    private void adopt() throws IOException {
        kernel.enableForwarding();
        Found found = Found.read(kernel);
        boolean replace =
                !found.rules().containsKey(Layout.VERSION_CHAIN)
                        && kernel.tables().tables().contains(Layout.TABLE);
        boolean restart = replace || found.generation() == 0;
        if (restart) {
            flows.forgetGenerations();
        }
        ruleset.lay(settings, desired.services().live().ranges(), replace, restart);
        if (replace) {
            found = Found.read(kernel);
        }
        enforcing.found(restart ? Marks.FIRST_GENERATION : found.generation());
        desired.found(found);
        found.near().forEach((v6, elements) -> leases.found(elements, v6));
        serving.found(found.strays());
        meters.adopt();
        ruleset.found(found.rules().keySet(), found.sets(), found.balancers());
        inspection.done();
    }

    private Outcome program(boolean all) throws IOException {
        ServiceTable services = desired.services();
        PolicyTable policies = desired.policies();
        Map<Key, String> problems = new TreeMap<>();
        if (all) {
            lock.engage(kernel);
        }
        List<ServiceChange> changes = services.pending();
        Map<String, Chain> needed = new TreeMap<>();
        policies.chains().forEach(chain -> needed.put(chain.name(), chain));
        (all ? services.chains().all() : services.chains(changes))
                .forEach(chain -> needed.put(chain.name(), chain));
        ruleset.write(needed.values(), policies.sets());
        ruleset.vips(services.live().ranges());
        enforcing.carryOut(policies);
        if (all) {
            meters.settleAll(services, batches);
        } else {
            meters.settle(
                    changes.stream().map(ServiceChange::frontend).toList(), services, batches);
        }
        flows.expect(changes);
        serving.carryOut(changes, ruleset.codes(), services, problems);
        Set<String> useless = ruleset.besides(needed.keySet(), all);
        useless.addAll(services.chains().takeIdle());
        ruleset.sweep(useless, policies.sets(), batches);
        if (all) {
            flows.endMisled(services);
        } else {
            flows.endMisled(changes, services);
        }
        refused = Map.copyOf(problems);
        return outcome();
    }

    private Outcome outcome() {
        Map<Key, String> problems = new TreeMap<>(refused);
        desired.services().problems(problems);
        return new Outcome(problems, flows.owes());
    }

    @Override
    public List<Drift> verify() {
        if (!adopted) {
            return List.of();
        }
        try {
            List<Drift> misled = flows.drifts(desired.services());
            List<Drift> drifts = new ArrayList<>(misled);
            if (inspection.isDue()) {
                drifts.addAll(
                        Audit.compare(
                                Found.read(kernel),
                                desired.policies(),
                                desired.services(),
                                ruleset.codes(),
                                ruleset.ruleCounts(),
                                lock.rules(),
                                enforcing.generation()));
                drifts.addAll(meters.drifts());
                inspection.done();
            }
            onlyFlows = !misled.isEmpty() && drifts.equals(misled);
            return drifts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connections that were ended because their Service no longer leads there. */
    long endedFlows() {
        return flows.ended();
    }

    @Override
    public List<Programmed> show(Frontend frontend) {
        try {
            return Shown.of(kernel.tables(), ruleset.codes(), desired.services(), frontend);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Traffic> traffic() {
        try {
            return adopted ? counts.read(desired.services()) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void lease(Frontend frontend, Backend backend, Duration validity) {
        leases.grant(frontend, new Endpoint(backend.address(), backend.port()), validity);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
