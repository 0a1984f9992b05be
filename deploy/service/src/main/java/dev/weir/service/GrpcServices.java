package dev.weir.service;

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
import dev.weir.node.v1.AgentsGrpc;
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
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * The whole API, whatever the role: what this process does not own it passes on. Quarkus' server
 * takes beans, one for each service, and makes them before it listens.
 */
@Singleton
final class GrpcServices {
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
    @Produces @Singleton @GrpcService final BindableService ingressClasses;
    @Produces @Singleton @GrpcService final BindableService ingresses;
    @Produces @Singleton @GrpcService final BindableService gatewayClasses;
    @Produces @Singleton @GrpcService final BindableService gateways;
    @Produces @Singleton @GrpcService final BindableService httpRoutes;
    @Produces @Singleton @GrpcService final BindableService referenceGrants;
    @Produces @Singleton @GrpcService final BindableService secrets;
    @Produces @Singleton @GrpcService final BindableService proxySecrets;
    @Produces @Singleton @GrpcService final BindableService names;
    @Produces @Singleton @GrpcService final BindableService events;

    GrpcServices(ServiceProcess process) {
        namespaces = process.gate(NamespacesGrpc.getServiceDescriptor());
        nodes = process.gate(NodesGrpc.getServiceDescriptor());
        pods = process.gate(PodsGrpc.getServiceDescriptor());
        ipBlocks = process.gate(IpBlocksGrpc.getServiceDescriptor());
        agents = process.gate(AgentsGrpc.getServiceDescriptor());
        services = process.gate(ServicesGrpc.getServiceDescriptor());
        endpointSlices = process.gate(EndpointSlicesGrpc.getServiceDescriptor());
        addressPools = process.gate(AddressPoolsGrpc.getServiceDescriptor());
        serviceCidrs = process.gate(ServiceCidrsGrpc.getServiceDescriptor());
        leases = process.gate(LeasesGrpc.getServiceDescriptor());
        networkPolicies = process.gate(NetworkPoliciesGrpc.getServiceDescriptor());
        ingressClasses = process.gate(IngressClassesGrpc.getServiceDescriptor());
        ingresses = process.gate(IngressesGrpc.getServiceDescriptor());
        gatewayClasses = process.gate(GatewayClassesGrpc.getServiceDescriptor());
        gateways = process.gate(GatewaysGrpc.getServiceDescriptor());
        httpRoutes = process.gate(HttpRoutesGrpc.getServiceDescriptor());
        referenceGrants = process.gate(ReferenceGrantsGrpc.getServiceDescriptor());
        secrets = process.gate(SecretsGrpc.getServiceDescriptor());
        proxySecrets = process.gate(ProxySecretsGrpc.getServiceDescriptor());
        names = process.gate(NamesGrpc.getServiceDescriptor());
        events = process.gate(EventsGrpc.getServiceDescriptor());
    }
}
