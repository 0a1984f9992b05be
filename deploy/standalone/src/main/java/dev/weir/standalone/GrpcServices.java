package dev.weir.standalone;

import dev.weir.control.ReportChannel;
import dev.weir.core.v1.IpBlocksGrpc;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.NodesGrpc;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.SecretsGrpc;
import dev.weir.dns.v1.NamesGrpc;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.net.v1.AddressPoolsGrpc;
import dev.weir.net.v1.EndpointSlicesGrpc;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.ServiceCidrsGrpc;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.node.v1.ProxySecretsGrpc;
import dev.weir.policy.v1.NetworkPoliciesGrpc;
import dev.weir.route.v1.GatewayClassesGrpc;
import dev.weir.route.v1.GatewaysGrpc;
import dev.weir.route.v1.HttpRoutesGrpc;
import dev.weir.route.v1.IngressClassesGrpc;
import dev.weir.route.v1.IngressesGrpc;
import dev.weir.route.v1.ReferenceGrantsGrpc;
import io.grpc.BindableService;
import io.quarkus.grpc.GrpcService;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/**
 * Opens the cluster and hands its services to Quarkus' gRPC server, which takes beans, one for each
 * service. The server makes them before it listens.
 */
@Singleton
final class GrpcServices {
    private final Cluster cluster;

    @Produces @Singleton @GrpcService final BindableService namespaces;
    @Produces @Singleton @GrpcService final BindableService nodes;
    @Produces @Singleton @GrpcService final BindableService pods;
    @Produces @Singleton @GrpcService final BindableService ipBlocks;
    @Produces @Singleton @GrpcService final BindableService agents;
    @Produces @Singleton @GrpcService final BindableService services;
    @Produces @Singleton @GrpcService final BindableService endpointSlices;
    @Produces @Singleton @GrpcService final BindableService leases;
    @Produces @Singleton @GrpcService final BindableService addressPools;
    @Produces @Singleton @GrpcService final BindableService serviceCidrs;
    @Produces @Singleton @GrpcService final BindableService networkPolicies;
    @Produces @Singleton @GrpcService final BindableService secrets;
    @Produces @Singleton @GrpcService final BindableService proxySecrets;
    @Produces @Singleton @GrpcService final BindableService ingressClasses;
    @Produces @Singleton @GrpcService final BindableService ingresses;
    @Produces @Singleton @GrpcService final BindableService gatewayClasses;
    @Produces @Singleton @GrpcService final BindableService gateways;
    @Produces @Singleton @GrpcService final BindableService httpRoutes;
    @Produces @Singleton @GrpcService final BindableService referenceGrants;
    @Produces @Singleton @GrpcService final BindableService names;
    @Produces @Singleton @GrpcService final BindableService events;

    GrpcServices(StandaloneConfig config, Reports reports, ReportChannel channel) {
        cluster = Cluster.open(config, reports.registry(), channel, Clock.systemUTC());
        namespaces = cluster.service(NamespacesGrpc.SERVICE_NAME);
        nodes = cluster.service(NodesGrpc.SERVICE_NAME);
        pods = cluster.service(PodsGrpc.SERVICE_NAME);
        ipBlocks = cluster.service(IpBlocksGrpc.SERVICE_NAME);
        agents = cluster.agents();
        services = cluster.service(ServicesGrpc.SERVICE_NAME);
        endpointSlices = cluster.service(EndpointSlicesGrpc.SERVICE_NAME);
        addressPools = cluster.service(AddressPoolsGrpc.SERVICE_NAME);
        serviceCidrs = cluster.service(ServiceCidrsGrpc.SERVICE_NAME);
        leases = cluster.service(LeasesGrpc.SERVICE_NAME);
        networkPolicies = cluster.service(NetworkPoliciesGrpc.SERVICE_NAME);
        secrets = cluster.service(SecretsGrpc.SERVICE_NAME);
        proxySecrets = cluster.service(ProxySecretsGrpc.SERVICE_NAME);
        ingressClasses = cluster.service(IngressClassesGrpc.SERVICE_NAME);
        ingresses = cluster.service(IngressesGrpc.SERVICE_NAME);
        gatewayClasses = cluster.service(GatewayClassesGrpc.SERVICE_NAME);
        gateways = cluster.service(GatewaysGrpc.SERVICE_NAME);
        httpRoutes = cluster.service(HttpRoutesGrpc.SERVICE_NAME);
        referenceGrants = cluster.service(ReferenceGrantsGrpc.SERVICE_NAME);
        names = cluster.service(NamesGrpc.SERVICE_NAME);
        events = cluster.service(EventsGrpc.SERVICE_NAME);
    }

    @PreDestroy
    void close() {
        cluster.close();
    }
}
