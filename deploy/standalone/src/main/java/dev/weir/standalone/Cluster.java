package dev.weir.standalone;

import dev.weir.control.AgentsService;
import dev.weir.control.ClusterSettings;
import dev.weir.control.ControlPlane;
import dev.weir.control.NodeRegistry;
import dev.weir.control.NodeReports;
import dev.weir.control.secret.SecretService;
import dev.weir.dns.DnsService;
import dev.weir.dns.DnsServicePod;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.endpoint.EndpointService;
import dev.weir.endpoint.EndpointSettings;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.seal.Seal;
import dev.weir.log.seal.SealedTxLog;
import dev.weir.log.sqlite.SqliteLogStore;
import dev.weir.model.IpAddress;
import dev.weir.model.Shards;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.policy.PolicyService;
import dev.weir.server.ShardDirectory;
import dev.weir.server.events.EventsService;
import io.grpc.BindableService;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The services of one cluster, each the writer of its shard, wired together in memory. Open means
 * replayed: what is served is whole.
 */
public final class Cluster implements AutoCloseable {
    private final SqliteLogStore logs;
    private final List<Shard> shards = new ArrayList<>();
    private final AgentsService agents;
    private final ControlPlane controlPlane;
    private final SecretService secretService;
    private final EndpointService endpointService;
    private final PolicyService policyService;
    private final DnsService dnsService;
    private final List<IpAddress> dnsListen;
    private final List<BindableService> services = new ArrayList<>();

    private Cluster(
            StandaloneConfig config, NodeRegistry registry, NodeReports reports, Clock clock) {
        this.logs = SqliteLogStore.open(config.data().resolve("log"));
        String instance = "standalone-" + ProcessHandle.current().pid();
        for (String name : List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY)) {
            shards.add(Shard.open(name, logs.shard(name), ShardConfig.of(instance)));
        }
        ShardDirectory directory = new ShardDirectory(shards);
        Seal seal = Seal.of(config.secretKeyFile().orElse(config.data().resolve("secret.key")));
        Shard secrets =
                Shard.open(
                        Shards.SECRET,
                        new SealedTxLog(Shards.SECRET, logs.shard(Shards.SECRET), seal),
                        ShardConfig.of(instance));
        shards.add(secrets);
        ShardDirectory whole = new ShardDirectory(shards);
        ClusterSettings settings =
                ClusterSettings.of(config, range -> new AddressRange(range).dns());
        this.agents = new AgentsService(whole, registry, reports);
        this.controlPlane =
                new ControlPlane(shards.get(0), whole, settings, registry, reports, clock);
        this.secretService = new SecretService(secrets, whole, clock);
        this.endpointService =
                new EndpointService(
                        shards.get(1),
                        directory,
                        new EndpointSettings(
                                settings.serviceCidrs(),
                                settings.podCidrs(),
                                PortRange.of(config.serviceNodePortRange()),
                                settings.externalIpRanges(),
                                config.maxEndpointsPerSlice()),
                        clock);
        this.policyService = new PolicyService(shards.get(2), directory, clock);
        this.dnsListen =
                config.dnsListen().orElse(List.of()).stream().map(IpAddress::of).sorted().toList();
        this.dnsService =
                new DnsService(
                        directory,
                        new ZoneSettings(
                                DnsName.of(config.clusterDomain()),
                                ZoneSettings.DEFAULT_TTL,
                                settings.dnsAddresses(),
                                Stream.concat(
                                                settings.podCidrs().stream(),
                                                settings.serviceCidrs().stream())
                                        .toList()),
                        dnsListen);
        services.addAll(controlPlane.services());
        services.addAll(secretService.services());
        services.addAll(endpointService.services());
        services.addAll(policyService.services());
        services.addAll(dnsService.services());
        services.add(new EventsService(directory, config.cluster()));
    }

    /**
     * @param reports hands what nodes report to the registry
     */
    static Cluster open(
            StandaloneConfig config, NodeRegistry registry, NodeReports reports, Clock clock) {
        Cluster cluster = new Cluster(config, registry, reports, clock);
        cluster.controlPlane.start();
        cluster.secretService.start();
        cluster.endpointService.start();
        cluster.policyService.start();
        cluster.dnsService.start();
        cluster.shards
                .getFirst()
                .write(DnsServicePod.at(cluster.dnsListen, clock.instant()))
                .join();
        return cluster;
    }

    BindableService agents() {
        return agents.with(service(AgentsGrpc.SERVICE_NAME));
    }

    /** The service of this full gRPC name; of the agents', only what the control plane writes. */
    BindableService service(String name) {
        return services.stream()
                .filter(
                        service ->
                                service.bindService().getServiceDescriptor().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no service " + name));
    }

    @Override
    public void close() {
        dnsService.close();
        policyService.close();
        endpointService.close();
        secretService.close();
        controlPlane.close();
        shards.forEach(Shard::close);
        logs.close();
    }
}
