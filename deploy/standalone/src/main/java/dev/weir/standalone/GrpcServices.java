package dev.weir.standalone;

import dev.weir.core.v1.IpBlocksGrpc;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.NodesGrpc;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.net.v1.EndpointSlicesGrpc;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.policy.v1.NetworkPoliciesGrpc;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.quarkus.grpc.GrpcService;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;

/**
 * Hands the cluster's services to Quarkus' gRPC server, which knows services by their classes: one
 * each.
 */
final class GrpcServices {
    private GrpcServices() {}

    /** Opened with the first service, and so before the server listens. */
    @Singleton
    static final class Opened {
        private final Cluster cluster;

        Opened(StandaloneConfig config) {
            this.cluster = Cluster.open(config, Clock.systemUTC());
        }

        @PreDestroy
        void close() {
            cluster.close();
        }
    }

    /** One service of the cluster, found by its generated descriptor. */
    abstract static class One implements BindableService {
        private final BindableService service;

        One(Opened opened, ServiceDescriptor descriptor) {
            this.service = opened.cluster.service(descriptor.getName());
        }

        @Override
        public ServerServiceDefinition bindService() {
            return service.bindService();
        }
    }

    @GrpcService
    @Singleton
    static final class Namespaces extends One {
        Namespaces(Opened opened) {
            super(opened, NamespacesGrpc.getServiceDescriptor());
        }
    }

    @GrpcService
    @Singleton
    static final class Nodes extends One {
        Nodes(Opened opened) {
            super(opened, NodesGrpc.getServiceDescriptor());
        }
    }

    @GrpcService
    @Singleton
    static final class Pods extends One {
        Pods(Opened opened) {
            super(opened, PodsGrpc.getServiceDescriptor());
        }
    }

    @GrpcService
    @Singleton
    static final class IpBlocks extends One {
        IpBlocks(Opened opened) {
            super(opened, IpBlocksGrpc.getServiceDescriptor());
        }
    }

    @GrpcService
    @Singleton
    static final class Agents extends One {
        Agents(Opened opened) {
            super(opened, AgentsGrpc.getServiceDescriptor());
        }
    }

    @GrpcService
    @Singleton
    static final class Services extends One {
        Services(Opened opened) {
            super(opened, ServicesGrpc.getServiceDescriptor());
        }
    }

    @GrpcService
    @Singleton
    static final class EndpointSlices extends One {
        EndpointSlices(Opened opened) {
            super(opened, EndpointSlicesGrpc.getServiceDescriptor());
        }
    }

    @GrpcService
    @Singleton
    static final class NetworkPolicies extends One {
        NetworkPolicies(Opened opened) {
            super(opened, NetworkPoliciesGrpc.getServiceDescriptor());
        }
    }
}
