package dev.weir.service;

import dev.weir.changes.ShardReader;
import dev.weir.control.ControlPlane;
import dev.weir.control.NodeRegistry;
import dev.weir.control.NodeReports;
import dev.weir.control.secret.SecretService;
import dev.weir.dns.DnsService;
import dev.weir.dns.PodRegistration;
import dev.weir.endpoint.EndpointService;
import dev.weir.log.Shard;
import dev.weir.model.Shards;
import dev.weir.policy.PolicyService;
import dev.weir.server.ShardDirectory;
import dev.weir.server.seat.Tenure;
import io.grpc.BindableService;
import io.grpc.Channel;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a process does while it writes a shard.
 *
 * @param followed the shards that it reads, those that it may write as others see them among them
 * @param control leads to the writer of the control shard
 */
record Tenures(
        Place place,
        Collection<? extends ShardReader> followed,
        NodeRegistry registry,
        NodeReports reports,
        Channel control,
        Clock clock)
        implements Function<Shard, Tenure> {

    /** Opened and started. */
    @Override
    public Tenure apply(Shard shard) {
        ShardDirectory shards =
                new ShardDirectory(
                        Stream.concat(
                                        followed.stream()
                                                .filter(
                                                        reader ->
                                                                !reader.shard()
                                                                        .equals(shard.shard())),
                                        Stream.of(shard))
                                .toList());
        return switch (shard.shard()) {
            case Shards.CONTROL -> controlPlane(shard, shards);
            case Shards.SECRET -> secretService(shard, shards);
            case Shards.ENDPOINT -> endpointService(shard, shards);
            case Shards.POLICY -> policyService(shard, shards);
            case Shards.DNS -> dnsService(shards);
            default -> throw new IllegalStateException("nobody writes shard " + shard.shard());
        };
    }

    private Tenure controlPlane(Shard shard, ShardDirectory shards) {
        ControlPlane service =
                new ControlPlane(shard, shards, place.cluster(), registry, reports, clock);
        service.start();
        return service;
    }

    private Tenure secretService(Shard shard, ShardDirectory shards) {
        SecretService service = new SecretService(shard, shards, clock);
        service.start();
        return service;
    }

    private Tenure endpointService(Shard shard, ShardDirectory shards) {
        EndpointService service = new EndpointService(shard, shards, place.endpoint(), clock);
        service.start();
        return service;
    }

    private Tenure policyService(Shard shard, ShardDirectory shards) {
        PolicyService service = new PolicyService(shard, shards, clock);
        service.start();
        return service;
    }

    private Tenure dnsService(ShardDirectory shards) {
        DnsService service = new DnsService(shards, place.zone(), place.dnsListen());
        try {
            service.start();
        } catch (RuntimeException e) {
            service.close();
            throw e;
        }
        PodRegistration registration = new PodRegistration(control, place.dnsListen(), clock);
        registration.start();
        return new Names(service, registration);
    }

    /** Names are answered, and the cluster knows where. */
    private record Names(DnsService service, PodRegistration registration) implements Tenure {
        @Override
        public List<? extends BindableService> services() {
            return service.services();
        }

        @Override
        public void close() {
            registration.close();
            service.close();
        }
    }
}
