package dev.weir.endpoint;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Step;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.admission.ServiceCidrAdmission;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.endpoint.allocate.Ranges;
import dev.weir.log.Pending;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.ServiceCidr;
import dev.weir.net.v1.ServiceCidrSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** The life of ServiceCIDRs: the one that is always there, and when one goes. */
final class ServiceCidrs {
    private static final Key KEY = Kinds.SERVICE_CIDR.key("", Ranges.DEFAULT);

    private ServiceCidrs() {}

    /** The one of the settings, unless it says what they say. */
    static Map<Key, Optional<Message>> missing(
            Pending pending, List<AddressRange> own, Instant now) {
        ServiceCidrSpec spec =
                ServiceCidrSpec.newBuilder()
                        .addAllCidrs(own.stream().map(range -> range.cidr().toString()).toList())
                        .build();
        ServiceCidr before =
                pending.image()
                        .find(ServiceCidr.class, KEY)
                        .orElse(ServiceCidr.getDefaultInstance());
        return before.getSpec().equals(spec)
                ? Map.of()
                : Map.of(KEY, Optional.of(with(before, spec, now, pending.revision())));
    }

    private static ServiceCidr with(
            ServiceCidr before, ServiceCidrSpec spec, Instant now, long revision) {
        ObjectMeta.Builder metadata = before.getMetadata().toBuilder();
        if (metadata.getName().isEmpty()) {
            metadata.setName(Ranges.DEFAULT)
                    .setUid(UUID.randomUUID().toString())
                    .setCreationTimestamp(Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                    .addFinalizers(ServiceCidrAdmission.FINALIZER);
        }
        metadata.setGeneration(metadata.getGeneration() + 1)
                .setResourceVersion(Long.toString(revision));
        return ServiceCidrAdmission.withCondition(
                before.toBuilder().setMetadata(metadata).setSpec(spec).build(), now);
    }

    /**
     * Those that are to go, since no Service needs them any more.
     *
     * @param addresses of the image that the step leads to
     */
    static SortedMap<Key, Optional<Message>> derive(Step endpoint, ClusterIps addresses) {
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        if (Stream.of(Kinds.SERVICE_CIDR, Kinds.SERVICE)
                .flatMap(endpoint::keys)
                .findAny()
                .isPresent()) {
            endpoint.to()
                    .all(Kinds.SERVICE_CIDR, ServiceCidr.class)
                    .filter(Ranges::isClosing)
                    .filter(
                            object ->
                                    Ranges.of(object).stream()
                                            .allMatch(range -> addresses.bound(range) == 0))
                    .map(object -> Kinds.SERVICE_CIDR.key("", object.getMetadata().getName()))
                    .forEach(key -> changes.put(key, Optional.empty()));
        }
        return changes;
    }
}
