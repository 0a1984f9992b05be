package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
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
import dev.weir.model.IpAddress;
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
    /** An untouched ruleset is still read in full once in so many verifications. */
    private static final int FULL_VERIFICATION = 20;

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
    private ServiceTable services;
    private PolicyTable policies = new PolicyTable();
    private int generation;
    private boolean adopted;
    private int verifications;
    private Map<Key, String> refused = Map.of();

    /** The last verification found nothing to mend but connections. */
    private boolean onlyFlows;

    NftDataPlane(NodeSettings settings, Kernel kernel) {
        this.settings = settings;
        this.services = new ServiceTable(settings.serviceCidrs());
        this.kernel = kernel;
        this.batches = new Batches(kernel.tables());
        this.leases = new Leases(kernel.leases());
        this.ruleset = new Ruleset(kernel.text());
        this.flows = new Flows(kernel.conntrack(), leases);
        this.meters = new Meters(kernel.tables(), settings.countTraffic());
        this.counts = new Counts(kernel.tables(), meters);
        this.serving = new Serving(batches, counts);
        this.lock = new SecondLock(settings.podCidrs());
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
                        desire(image, delta);
                        return program(false);
                    }
                    services = new ServiceTable(image.serviceCidrs(settings));
                    policies = new PolicyTable();
                    adopt();
                    policies.nodes(nodes(image));
                    desire(image, NodeDelta.between(NodeImage.EMPTY, image));
                    return program(true);
                });
    }

    @Override
    public Outcome repair() {
        return carryOut(
                () -> {
                    if (onlyFlows && adopted) {
                        onlyFlows = false;
                        flows.endMisled(services);
                        return outcome(new TreeMap<>());
                    }
                    adopt();
                    return program(true);
                });
    }

    @FunctionalInterface
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

    private void desire(NodeImage image, NodeDelta delta) {
        if (delta.serviceCidrs().isPresent()) {
            services.live().ranges(image.serviceCidrs(settings));
        }
        if (!delta.routes().isEmpty()) {
            policies.nodes(nodes(image));
        }
        policies.pods(delta.pods().puts(), delta.pods().removes());
        delta.groups().puts().forEach(policies::group);
        delta.groups().removes().forEach(policies::ungroup);
        if (!delta.announcements().isEmpty()) {
            services.live().announce(image.announcements().keySet());
        }
        delta.services().puts().forEach(services::desire);
        delta.services().removes().forEach(services::undesire);
    }

    /** Routes are the fabric's; here they only say which addresses other nodes have. */
    private List<IpAddress> nodes(NodeImage image) {
        List<IpAddress> nodes = new ArrayList<>(settings.addresses());
        nodes.addAll(image.routes().values());
        return nodes;
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
        ruleset.lay(settings, services.live().ranges(), replace, restart);
        if (replace) {
            found = Found.read(kernel);
        }
        generation = restart ? Marks.FIRST_GENERATION : found.generation();
        services.found(found.services());
        services.live().found(found.live());
        policies.found(found.elements());
        found.near().forEach((v6, elements) -> leases.found(elements, v6));
        serving.found(found.strays());
        meters.adopt();
        ruleset.found(found.rules().keySet(), found.sets(), found.balancers());
    }

    private Outcome program(boolean all) throws IOException {
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
        enforce();
        if (all) {
            meters.settleAll(services, batches);
        } else {
            meters.settle(
                    changes.stream().map(ServiceChange::frontend).toList(), services, batches);
        }
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
        return outcome(problems);
    }

    private Outcome outcome(Map<Key, String> problems) {
        problems.putAll(refused);
        services.problems(problems);
        return new Outcome(problems);
    }

    /** Pods, groups, policies and, if they tighten, the generation: all at once. */
    private void enforce() throws IOException {
        PolicyTable.Step step = policies.pending();
        if (step.commands().isEmpty()) {
            return;
        }
        List<NftCommand> commands = new ArrayList<>(step.commands());
        int next = step.tightens() ? Marks.next(generation) : generation;
        if (next < generation) {
            flows.forgetGenerations();
        }
        if (next != generation) {
            commands.addAll(Generation.change(generation, next));
        }
        batches.together(commands);
        generation = next;
        policies.done();
    }

    @Override
    public List<Drift> verify() {
        if (!adopted) {
            return List.of();
        }
        try {
            boolean full = verifications++ % FULL_VERIFICATION == 0;
            List<Drift> drifts = new ArrayList<>();
            int misled = flows.misled(services);
            if (misled > 0) {
                drifts.add(new Drift("connections that Services mislead", "0", "" + misled));
            }
            if (full || !undisturbed()) {
                Found found = Found.read(kernel);
                drifts.addAll(
                        Audit.compare(
                                found,
                                policies,
                                services,
                                ruleset.codes(),
                                ruleset.ruleCounts(),
                                lock.rules(),
                                generation));
                drifts.addAll(meters.drifts());
            }
            onlyFlows = misled > 0 && drifts.size() == 1;
            return drifts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connections that were ended because their Service no longer leads there. */
    long endedFlows() {
        return flows.ended();
    }

    private boolean undisturbed() throws IOException {
        return leases.untouched(kernel.tables()) && lock.untouched(kernel);
    }

    @Override
    public List<Programmed> show(Frontend frontend) {
        try {
            return Shown.of(kernel.tables(), ruleset.codes(), services, frontend);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Traffic> traffic() {
        try {
            return adopted ? counts.read(services) : List.of();
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
