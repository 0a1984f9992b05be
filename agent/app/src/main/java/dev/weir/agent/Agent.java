package dev.weir.agent;

import dev.weir.agent.cni.CniServer;
import dev.weir.agent.cni.CniSettings;
import dev.weir.agent.derive.NodeDeriver;
import dev.weir.agent.dns.DnsPlane;
import dev.weir.agent.edge.HealthPlane;
import dev.weir.agent.edge.LocalhostPlane;
import dev.weir.agent.edge.NodeHealth;
import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Heartbeats;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Frontier;
import dev.weir.client.Connection;
import dev.weir.client.Servers;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.node.v1.JoinResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One node's agent: its parts, wired. Closing it releases what the process holds; traffic, rules
 * and pods stay.
 */
final class Agent implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Agent.class);
    private static final List<String> FOLLOWED =
            List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY);

    private final AgentConfig config;
    private final Parts parts = new Parts();

    private Agent(AgentConfig config) {
        this.config = config;
    }

    /**
     * Joins and starts. Throws IllegalArgumentException or IllegalStateException with what to do
     * when it cannot run here.
     */
    static Agent start(AgentConfig config) throws IOException, InterruptedException {
        Agent agent = new Agent(config);
        try {
            agent.start();
            return agent;
        } catch (IOException | InterruptedException | RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private void start() throws IOException, InterruptedException {
        PlaneChoice choice = PlaneChoice.of(config.planes(), config.fabric());
        Heartbeats heartbeats = config.l2().heartbeats();
        NodeIdentity self = NodeIdentity.of(config.nodeName(), config.nodeIp());
        List<IpAddress> addresses = self.addresses();
        Files.createDirectories(config.data());
        String instance = UUID.randomUUID().toString();
        Connection connection = part(Connection.open(Servers.parse(config.join())));
        var channel = connection.channel();
        Membership membership =
                Membership.ofNode(
                        channel, self.name(), addresses, Cpus.online(), instance, config.data());
        JoinResponse cluster = membership.join();
        NodeSettings settings =
                membership
                        .settings(cluster)
                        .countingTraffic(config.countTraffic())
                        .withHeartbeats(heartbeats);

        Optional<DnsPlane> names =
                choice.dns()
                        ? Optional.of(new DnsPlane(zone(cluster, settings)))
                        : Optional.empty();
        Vitals vitals =
                new Vitals(
                        Kinds.NODE.key("", self.name()),
                        config.refresh(),
                        Clock.systemUTC(),
                        System::nanoTime);
        List<DataPlane> own = new ArrayList<>();
        names.ifPresent(own::add);
        own.add(new HealthPlane(addresses, vitals::healthy));
        if (config.localhostNodePorts()) {
            own.add(new LocalhostPlane(addresses));
        }
        List<PlaneDriver> planes = choice.open(settings, own);
        Reporter reporter =
                part(
                        new Reporter(
                                self.name(),
                                "",
                                instance,
                                channel,
                                Duration.ofMillis(cluster.getReportIntervalMs()),
                                new NodeLoop.Carried(
                                        NodeImage.EMPTY, Frontier.EMPTY, List.of(), List.of())));
        NodeBlocks blocks = part(new NodeBlocks(self.name(), channel, reporter::acknowledged));
        SnapshotKeeper snapshots = part(new SnapshotKeeper(config.data().resolve("state.pb")));
        PodRegistrar registrar =
                part(
                        new PodRegistrar(
                                new Registrations(self.name(), addresses),
                                channel,
                                Clock.systemUTC()));
        Fan fan = new Fan();
        NodeLoop loop =
                part(
                        new NodeLoop(
                                planes, new NodeDeriver(settings), config.refresh(), fan::carried));
        NodePods pods = part(new NodePods(loop, registrar));
        CniServer cni =
                part(
                        CniServer.open(
                                new CniSettings(
                                        config.cniSocket(),
                                        config.data(),
                                        addresses,
                                        NetworkNamespace.own()),
                                pods,
                                blocks));
        Respondent respondent =
                part(
                        new Respondent(
                                self.name(),
                                channel,
                                question -> loop.ask(moment -> moment.why(question, settings))));
        ChangeSource source = part(config.source().open(self.name(), channel, config));

        fan.add(vitals::carried);
        fan.add(reporter::carried);
        fan.add(pods::carried);
        fan.add(snapshots::carried);
        fan.add(
                carried -> {
                    var control = carried.image().shards().get(Shards.CONTROL);
                    if (control != null) {
                        blocks.observe(control);
                    }
                });
        boolean metered = settings.countTraffic();
        Scrapes scrapes = new Scrapes(() -> loop.ask(moment -> moment.metrics(metered)));
        config.healthz()
                .map(text -> NodeHealth.places(text, addresses))
                .ifPresent(
                        places ->
                                part(
                                        NodeHealth.start(
                                                Kinds.NODE.key("", self.name()),
                                                places,
                                                vitals::condition,
                                                scrapes,
                                                Clock.systemUTC())));
        loop.start();
        pods.restore(cni.existing());
        source.start(FOLLOWED, Frontier.EMPTY, loop::accept);
        reporter.start();
        blocks.start();
        snapshots.start();
        registrar.start();
        respondent.start();
        useLastRunIfAlone(source, snapshots, loop);
        cni.start();
        names.ifPresent(
                plane ->
                        part(
                                new ResponderStart(
                                                self,
                                                plane,
                                                planes,
                                                cni,
                                                pods,
                                                dnsAddresses(cluster),
                                                config.resolvConf())
                                        .begin(this::part)));
        LOG.infof("Node %s carries %s over %s", self.name(), config.planes(), config.fabric());
    }

    private static ZoneSettings zone(JoinResponse cluster, NodeSettings settings) {
        return new ZoneSettings(
                DnsName.of(cluster.getClusterDomain()),
                ZoneSettings.DEFAULT_TTL,
                dnsAddresses(cluster),
                Stream.concat(settings.podCidrs().stream(), settings.serviceCidrs().stream())
                        .toList());
    }

    private static List<IpAddress> dnsAddresses(JoinResponse cluster) {
        return cluster.getDnsAddressesList().stream().map(IpAddress::of).toList();
    }

    /**
     * A start without a source of the state goes on with what the last run carried; a first one
     * stays closed.
     */
    private void useLastRunIfAlone(ChangeSource source, SnapshotKeeper snapshots, NodeLoop loop)
            throws InterruptedException {
        long deadline = System.nanoTime() + config.syncTimeout().toNanos();
        while (!source.connected() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        if (!source.connected()) {
            snapshots
                    .lastRun()
                    .ifPresentOrElse(
                            last -> {
                                LOG.warn(
                                        "The cluster's state is not known yet; going on with that"
                                                + " of the last run");
                                loop.lastSnapshot(last);
                            },
                            () ->
                                    LOG.warn(
                                            "The cluster's state is not known yet, and there is"
                                                + " none of a last run: pods stay closed until it"
                                                + " is"));
        }
    }

    private <T extends AutoCloseable> T part(T part) {
        return parts.add(part);
    }

    @Override
    public void close() {
        parts.close();
    }
}
