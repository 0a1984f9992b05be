package dev.weir.control;

import com.google.protobuf.Message;
import dev.weir.control.admission.IpBlockAdmission;
import dev.weir.control.admission.NamespaceAdmission;
import dev.weir.control.admission.NodeAdmission;
import dev.weir.control.admission.PodAdmission;
import dev.weir.control.admission.route.GatewayAdmission;
import dev.weir.control.admission.route.GatewayClassAdmission;
import dev.weir.control.admission.route.HttpRouteAdmission;
import dev.weir.control.admission.route.IngressAdmission;
import dev.weir.control.admission.route.IngressClassAdmission;
import dev.weir.control.admission.route.ReferenceGrantAdmission;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.IpBlocksGrpc;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodesGrpc;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Judgement;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.GatewayClassesGrpc;
import dev.weir.route.v1.GatewaysGrpc;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.HttpRoutesGrpc;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressClass;
import dev.weir.route.v1.IngressClassesGrpc;
import dev.weir.route.v1.IngressesGrpc;
import dev.weir.route.v1.ReferenceGrant;
import dev.weir.route.v1.ReferenceGrantsGrpc;
import dev.weir.server.Admission;
import dev.weir.server.NamespaceSweep;
import dev.weir.server.ResourceService;
import dev.weir.server.ShardDirectory;
import dev.weir.server.seat.Tenure;
import io.grpc.BindableService;
import io.grpc.ServiceDescriptor;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * The control-plane service where it writes the control shard. What it does whether it writes or
 * not is {@link AgentsService}.
 */
public final class ControlPlane implements Tenure {
    private final Shard shard;
    private final ShardDirectory shards;
    private final ClusterSettings settings;
    private final Clock clock;
    private final AgentWrites agents;
    private final NamespaceFinisher finisher;
    private final NodeReadiness readiness;
    private final RoutingStatus routing;

    /**
     * @param shards all of them
     * @param registry hears of what is published with the reports
     */
    public ControlPlane(
            Shard shard,
            ShardDirectory shards,
            ClusterSettings settings,
            NodeRegistry registry,
            NodeReports reports,
            Clock clock) {
        this.shard = shard;
        this.shards = shards;
        this.settings = settings;
        this.clock = clock;
        this.agents = new AgentWrites(shard, registry, reports, settings, clock);
        this.finisher = new NamespaceFinisher(shard, shards);
        this.readiness = new NodeReadiness(shard, registry, clock);
        this.routing = new RoutingStatus(shard, shards, registry, clock);
    }

    /** Makes what is always there, and starts what runs beside the calls. */
    public void start() {
        shard.write(Namespaces.bootstrap(clock.instant())).join();
        finisher.start();
        readiness.start();
        routing.start();
    }

    /** Of {@code Agents}, only what writes. */
    @Override
    public List<BindableService> services() {
        return List.of(
                service(
                        NamespacesGrpc.getServiceDescriptor(),
                        Kinds.NAMESPACE,
                        new NamespaceLife(clock)),
                service(
                        NodesGrpc.getServiceDescriptor(),
                        Kinds.NODE,
                        (pending, old, requested) ->
                                NodeAdmission.admit(old.map(Node.class::cast), (Node) requested)),
                service(
                        PodsGrpc.getServiceDescriptor(),
                        Kinds.POD,
                        (pending, old, requested) -> {
                            Pod pod = (Pod) requested;
                            return PodAdmission.admit(
                                    old.map(Pod.class::cast),
                                    pod,
                                    namespace(pending, pod.getMetadata()));
                        }),
                service(
                        IpBlocksGrpc.getServiceDescriptor(),
                        Kinds.IP_BLOCK,
                        (pending, old, requested) ->
                                IpBlockAdmission.admit(
                                        old.map(IpBlock.class::cast),
                                        (IpBlock) requested,
                                        settings.podCidrs(),
                                        pending.image()
                                                .all(Kinds.IP_BLOCK, IpBlock.class)
                                                .toList())),
                service(
                        IngressClassesGrpc.getServiceDescriptor(),
                        Kinds.INGRESS_CLASS,
                        (pending, old, requested) ->
                                IngressClassAdmission.admit(
                                        old.map(IngressClass.class::cast),
                                        (IngressClass) requested)),
                service(
                        IngressesGrpc.getServiceDescriptor(),
                        Kinds.INGRESS,
                        (pending, old, requested) -> {
                            Ingress ingress = (Ingress) requested;
                            return IngressAdmission.admit(
                                    old.map(Ingress.class::cast),
                                    ingress,
                                    namespace(pending, ingress.getMetadata()),
                                    pending.image()
                                            .all(Kinds.INGRESS_CLASS, IngressClass.class)
                                            .toList());
                        }),
                service(
                        GatewayClassesGrpc.getServiceDescriptor(),
                        Kinds.GATEWAY_CLASS,
                        (pending, old, requested) ->
                                GatewayClassAdmission.admit(
                                        old.map(GatewayClass.class::cast),
                                        (GatewayClass) requested)),
                service(
                        GatewaysGrpc.getServiceDescriptor(),
                        Kinds.GATEWAY,
                        (pending, old, requested) -> {
                            Gateway gateway = (Gateway) requested;
                            return GatewayAdmission.admit(
                                    old.map(Gateway.class::cast),
                                    gateway,
                                    namespace(pending, gateway.getMetadata()));
                        }),
                service(
                        HttpRoutesGrpc.getServiceDescriptor(),
                        Kinds.HTTP_ROUTE,
                        (pending, old, requested) -> {
                            HttpRoute route = (HttpRoute) requested;
                            return HttpRouteAdmission.admit(
                                    old.map(HttpRoute.class::cast),
                                    route,
                                    namespace(pending, route.getMetadata()));
                        }),
                service(
                        ReferenceGrantsGrpc.getServiceDescriptor(),
                        Kinds.REFERENCE_GRANT,
                        (pending, old, requested) -> {
                            ReferenceGrant grant = (ReferenceGrant) requested;
                            return ReferenceGrantAdmission.admit(
                                    old.map(ReferenceGrant.class::cast),
                                    grant,
                                    namespace(pending, grant.getMetadata()));
                        }),
                agents);
    }

    private static NamespaceState namespace(Pending pending, ObjectMeta metadata) {
        return NamespaceSweep.state(pending.image(), metadata.getNamespace());
    }

    private ResourceService service(ServiceDescriptor grpc, Kind kind, Admission admission) {
        return new ResourceService(grpc, kind, shard, shards, admission, clock);
    }

    @Override
    public void close() {
        agents.close();
        routing.close();
        readiness.close();
        finisher.close();
    }

    /** Namespaces do not go at once, and the ones that the cluster needs do not go at all. */
    private record NamespaceLife(Clock clock) implements Admission {
        @Override
        public Judgement<Namespace> admit(
                Pending pending, Optional<Message> old, Message requested) {
            return NamespaceAdmission.admit(old.map(Namespace.class::cast), (Namespace) requested);
        }

        @Override
        public Optional<Failure> mayDelete(Pending pending, Message old) {
            String name = ((Namespace) old).getMetadata().getName();
            return Namespaces.ALWAYS.contains(name)
                    ? Optional.of(
                            Failure.of(
                                    Reason.FORBIDDEN,
                                    "namespaces \""
                                            + name
                                            + "\" is forbidden: this namespace may not be deleted"))
                    : Optional.empty();
        }

        @Override
        public Optional<Message> onDelete(Pending pending, Message old) {
            return Optional.of(Namespaces.terminating((Namespace) old, clock.instant()));
        }
    }
}
