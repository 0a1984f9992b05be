package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.balance.Pool;
import dev.weir.endpoint.balance.Span;
import dev.weir.model.Cidr;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.net.v1.ServiceCidr;
import dev.weir.net.v1.ServiceCidrSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceCidrAdmissionTest {
    private static final Instant NOW = Instant.ofEpochSecond(100);

    private static ServiceCidr object(String name, String... cidrs) {
        return ServiceCidr.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setSpec(ServiceCidrSpec.newBuilder().addAllCidrs(List.of(cidrs)))
                .build();
    }

    private static Judgement<ServiceCidr> admit(Optional<ServiceCidr> old, ServiceCidr requested) {
        return ServiceCidrAdmission.admit(
                old,
                requested,
                List.of(new Pool("lab", true, List.of(Span.of(Cidr.of("192.0.2.0/24"))))),
                List.of(Cidr.of("10.244.0.0/16"), Cidr.of("fd00:10:244::/48")),
                NOW);
    }

    private static String judged(Optional<ServiceCidr> old, ServiceCidr requested) {
        return switch (admit(old, requested)) {
            case Judgement.Accepted<ServiceCidr> accepted -> "accepted";
            case Judgement.Refused<ServiceCidr>(var failure) ->
                    failure.fields().isEmpty()
                            ? failure.message()
                            : failure.fields().stream()
                                    .map(FieldError::toString)
                                    .collect(Collectors.joining("; "));
        };
    }

    private static ServiceCidr accepted(Optional<ServiceCidr> old, ServiceCidr requested) {
        return ((Judgement.Accepted<ServiceCidr>) admit(old, requested)).object();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.97.0.0/16 | accepted",
                "10.97.0.0/16 fd00:97::/112 | accepted",
                "10.97.0.1/16 | must not have bits set beyond the prefix length",
                "FD00:97::/112 | must be in canonical form (\"fd00:97::/112\")",
                "nonsense | must be a valid CIDR value",
                "10.0.0.0/8 | may hold at most 2^20 addresses",
                "fd00:97::/64 | may hold at most 2^20 addresses",
                "10.97.0.0/24 10.98.0.0/24 | may specify no more than one IP for each IP family",
                "10.97.0.0/24 fd00::/112 fd01::/112 | may only hold up to 2 values",
                "10.244.7.0/24 | must not overlap the range 10.244.0.0/16 of pods",
                "192.0.2.128/25 | must not overlap address pool \"lab\"",
                "127.0.0.0/16 | may not be in the loopback range (127.0.0.0/8)",
            })
    void judgesRanges(String cidrs, String verdict) {
        assertThat(judged(Optional.empty(), object("more", cidrs.split(" ")))).contains(verdict);
    }

    @Test
    void oneRangeIsNeeded() {
        assertThat(judged(Optional.empty(), object("more")))
                .isEqualTo("spec.cidrs: Required value: at least one CIDR required");
    }

    @Test
    void rangesCannotBeChangedAndLabelsCan() {
        ServiceCidr old = accepted(Optional.empty(), object("more", "10.97.0.0/16"));
        ServiceCidr.Builder labelled = old.toBuilder();
        labelled.getMetadataBuilder().putLabels("a", "b");

        assertThat(judged(Optional.of(old), object("more", "10.98.0.0/16")))
                .contains("spec.cidrs: Invalid value")
                .contains("field is immutable");
        assertThat(accepted(Optional.of(old), labelled.build())).isEqualTo(labelled.build());
    }

    @Test
    void isReadyUntilItIsDeleted() {
        ServiceCidr ready = accepted(Optional.empty(), object("more", "10.97.0.0/16"));
        ServiceCidr closing = ServiceCidrAdmission.closing(ready, NOW);

        assertThat(ready.getStatus().getConditions(0).getStatus()).isEqualTo("True");
        assertThat(ready.getMetadata().getFinalizersList())
                .containsExactly(ServiceCidrAdmission.FINALIZER);
        assertThat(closing.getMetadata().hasDeletionTimestamp()).isTrue();
        assertThat(closing.getStatus().getConditionsList())
                .singleElement()
                .satisfies(
                        condition -> {
                            assertThat(condition.getStatus()).isEqualTo("False");
                            assertThat(condition.getReason()).isEqualTo("Terminating");
                        });
        assertThat(ServiceCidrAdmission.closing(closing, NOW.plusSeconds(9))).isEqualTo(closing);
    }

    @Test
    void theOneOfTheSettingsIsLeftAlone() {
        ServiceCidr own = object("kubernetes", "10.96.0.0/12");
        ServiceCidr.Builder labelled = own.toBuilder();
        labelled.getMetadataBuilder().putLabels("a", "b");

        assertThat(judged(Optional.of(own), own)).isEqualTo("accepted");
        assertThat(judged(Optional.of(own), labelled.build()))
                .isEqualTo(
                        "servicecidrs.networking.k8s.io \"kubernetes\" is forbidden: this"
                                + " ServiceCIDR follows the setting weir.service-cidrs and may not"
                                + " be changed");
        assertThat(ServiceCidrAdmission.mayDelete(own)).isPresent();
        assertThat(ServiceCidrAdmission.mayDelete(object("more", "10.97.0.0/16"))).isEmpty();
    }
}
