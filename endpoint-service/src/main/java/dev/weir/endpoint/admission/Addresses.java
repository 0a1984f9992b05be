package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FieldError;
import dev.weir.model.IpAddress;
import dev.weir.model.Judgement;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One address for each family of a Service that needs them. */
final class Addresses {
    private Addresses() {}

    /** The families are settled. Addresses that the Service had before are not judged again. */
    static Judgement<Service> allocate(
            Optional<Service> old, Service.Builder service, ClusterIps addresses) {
        ServiceSpec.Builder spec = service.getSpecBuilder();
        if (spec.getType().equals(ServiceAdmission.EXTERNAL_NAME)
                || ServiceAdmission.isHeadless(spec)) {
            return new Judgement.Accepted<>(service.build());
        }
        String name = service.getMetadata().getName();
        Key key = Kinds.SERVICE.key(service.getMetadata().getNamespace(), name);
        List<String> kept =
                old.map(before -> List.copyOf(before.getSpec().getClusterIpsList()))
                        .orElse(List.of());
        List<String> texts = new ArrayList<>(spec.getClusterIpsList());
        List<FieldError> errors = new ArrayList<>();
        for (int i = 0; i < spec.getIpFamiliesCount(); i++) {
            if (i < texts.size()) {
                String text = texts.get(i);
                Optional<String> refusal =
                        kept.contains(text)
                                ? Optional.empty()
                                : addresses.refusal(IpAddress.of(text), key);
                refusal.ifPresent(
                        reason ->
                                errors.add(
                                        FieldError.invalid(
                                                "spec.clusterIPs",
                                                spec.getClusterIpsList(),
                                                "failed to allocate IP " + text + ": " + reason)));
            } else {
                Optional<IpAddress> chosen =
                        addresses.choose(spec.getIpFamilies(i).equals(IpFamilies.IPV6), key);
                if (chosen.isEmpty()) {
                    return new Judgement.Refused<>(
                            new Failure(
                                    Reason.EXHAUSTED,
                                    "failed to allocate a serviceIP: " + ClusterIps.FULL,
                                    name,
                                    List.of()));
                }
                texts.add(chosen.get().toString());
            }
        }
        spec.clearClusterIps().addAllClusterIps(texts).setClusterIp(texts.getFirst());
        return Judgement.of(Kinds.SERVICE, name, service.build(), errors);
    }
}
