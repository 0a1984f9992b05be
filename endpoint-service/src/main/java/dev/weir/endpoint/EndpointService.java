package dev.weir.endpoint;

import com.google.protobuf.Message;
import dev.weir.endpoint.admission.AddressPoolAdmission;
import dev.weir.endpoint.admission.EndpointSliceAdmission;
import dev.weir.endpoint.admission.ServiceAdmission;
import dev.weir.endpoint.admission.SpecConditions;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.allocate.Ranges;
import dev.weir.endpoint.balance.Pool;
import dev.weir.endpoint.derive.EndpointDeriver;
import dev.weir.endpoint.lease.Leases;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.Write;
import dev.weir.model.Cidr;
import dev.weir.model.Judgement;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.Shards;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.AddressPoolsGrpc;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.EndpointSlicesGrpc;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidrsGrpc;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.server.DerivationLoop;
import dev.weir.server.NamespaceSweep;
import dev.weir.server.ResourceService;
import dev.weir.server.ShardDirectory;
import dev.weir.server.seat.Tenure;
import io.grpc.BindableService;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The endpoint service: owner of the endpoint shard, with Services as users write them and
 * EndpointSlices as pods make them.
 */
public final class EndpointService implements Tenure {
    private final Shard shard;
    private final ShardDirectory shards;
    private final List<AddressRange> ranges;
    private final List<Cidr> pods;
    private final AllocationIndex index;
    private final SpecConditions conditions;
    private final Clock clock;
    private final DerivationLoop loop;
    private final Leases leases;

    public EndpointService(
            Shard shard, ShardDirectory shards, EndpointSettings settings, Clock clock) {
        this.shard = shard;
        this.shards = shards;
        this.ranges = settings.serviceCidrs().stream().map(AddressRange::new).toList();
        this.pods = settings.podCidrs();
        this.index = new AllocationIndex(shard, Allocations.empty(ranges, settings.nodePorts()));
        this.conditions =
                new SpecConditions(ranges, settings.nodePorts(), settings.externalIpRanges());
        this.clock = clock;
        this.leases = new Leases(shard);
        ServiceStatuses statuses = new ServiceStatuses(index, conditions, clock);
        EndpointDeriver slices = new EndpointDeriver(settings.endpointsPerSlice());
        SilenceAlarm alarm = new SilenceAlarm();
        this.loop =
                new DerivationLoop(
                        shard,
                        List.of(shards.reader(Shards.CONTROL)),
                        new NamespaceSweep(
                                shard.shard(),
                                steps -> {
                                    alarm.follow(steps.of(Shards.CONTROL));
                                    TreeMap<Key, Optional<Message>> changes =
                                            new TreeMap<>(statuses.derive(steps));
                                    changes.putAll(
                                            slices.derive(
                                                    steps.of(Shards.CONTROL),
                                                    steps.of(Shards.ENDPOINT)));
                                    return changes;
                                }));
    }

    public void start() {
        shard.write(Write.of(this::missing)).join();
        loop.start();
        leases.start();
    }

    /** What is to be there from the start, and is not. */
    private SortedMap<Key, Optional<Message>> missing(Pending pending) {
        Instant now = clock.instant();
        TreeMap<Key, Optional<Message>> changes =
                new TreeMap<>(ServiceCidrs.missing(pending, ranges, now));
        changes.putAll(KubeDns.missing(pending, ranges, now));
        return changes;
    }

    @Override
    public List<BindableService> services() {
        return List.of(
                new ResourceService(
                        ServicesGrpc.getServiceDescriptor(),
                        Kinds.SERVICE,
                        shard,
                        shards,
                        (pending, old, requested) -> {
                            Service service = (Service) requested;
                            Optional<Service> before = old.map(Service.class::cast);
                            Allocations now = index.in(pending);
                            return withConditions(
                                    now.addresses().ranges(),
                                    ServiceAdmission.admit(
                                            before,
                                            service,
                                            namespace(service.getMetadata().getNamespace()),
                                            now.after(before, Optional.empty())));
                        },
                        clock),
                new ResourceService(
                        AddressPoolsGrpc.getServiceDescriptor(),
                        Kinds.ADDRESS_POOL,
                        shard,
                        shards,
                        (pending, old, requested) ->
                                AddressPoolAdmission.admit(
                                        old.map(AddressPool.class::cast),
                                        (AddressPool) requested,
                                        others(Pool.in(pending.image()), requested),
                                        used(index.in(pending).addresses().ranges())),
                        clock),
                new ResourceService(
                        ServiceCidrsGrpc.getServiceDescriptor(),
                        Kinds.SERVICE_CIDR,
                        shard,
                        shards,
                        new ServiceCidrLife(pods, clock),
                        clock),
                new ResourceService(
                        EndpointSlicesGrpc.getServiceDescriptor(),
                        Kinds.ENDPOINT_SLICE,
                        shard,
                        shards,
                        (pending, old, requested) -> {
                            EndpointSlice slice = (EndpointSlice) requested;
                            leases.renewed(keyOf(slice));
                            return EndpointSliceAdmission.admit(
                                    old.map(EndpointSlice.class::cast),
                                    slice,
                                    namespace(slice.getMetadata().getNamespace()));
                        },
                        clock),
                leases);
    }

    /** A write that changes nothing is seen nowhere but here, and renews the lease all the same. */
    private static Key keyOf(EndpointSlice slice) {
        return Kinds.ENDPOINT_SLICE.key(slice.getMetadata());
    }

    private static List<Pool> others(List<Pool> pools, Message requested) {
        String name = ((AddressPool) requested).getMetadata().getName();
        return pools.stream().filter(pool -> !pool.name().equals(name)).toList();
    }

    /** What no pool may have. */
    private List<Cidr> used(Ranges now) {
        return Stream.concat(now.all().map(AddressRange::cidr), pods.stream()).toList();
    }

    private Judgement<Service> withConditions(Ranges now, Judgement<Service> judgement) {
        return switch (judgement) {
            case Judgement.Accepted<Service>(var service) ->
                    new Judgement.Accepted<>(conditions.in(now).on(service, clock.instant()));
            case Judgement.Refused<Service> refused -> refused;
        };
    }

    private NamespaceState namespace(String name) {
        return NamespaceSweep.state(shards.reader(Shards.CONTROL).image(), name);
    }

    @Override
    public void close() {
        leases.close();
        loop.close();
    }
}
