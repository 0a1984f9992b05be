package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.balance.Pool;
import dev.weir.model.Cidr;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.AddressPoolSpec;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPoolAdmissionTest {
    private static final List<Cidr> USED =
            List.of(Cidr.of("10.96.0.0/12"), Cidr.of("fd00:10:96::/112"), Cidr.of("10.244.0.0/16"));
    private static final Pool OTHER = Pool.of(pool("198.51.100.0/28", "2001:db8:1::/64"));

    private static AddressPool pool(String... addresses) {
        return AddressPool.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName("lab"))
                .setSpec(AddressPoolSpec.newBuilder().addAllAddresses(List.of(addresses)))
                .build();
    }

    private static String judged(Optional<AddressPool> old, AddressPool pool) {
        return switch (AddressPoolAdmission.admit(old, pool, List.of(OTHER), USED)) {
            case Judgement.Accepted<AddressPool>(var accepted) -> "accepted";
            case Judgement.Refused<AddressPool>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.16/28",
                "192.0.2.16/32",
                "192.0.2.10-192.0.2.20",
                "192.0.2.10-192.0.2.10",
                "2001:db8::/64",
                "2001:db8::1-2001:db8::ff",
            })
    void takesRangesOfEitherFamily(String addresses) {
        assertThat(judged(Optional.empty(), pool(addresses))).isEqualTo("accepted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.10|must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
                "192.0.2.17/28|must not have bits set beyond the prefix length",
                "192.0.2.20-192.0.2.10|must be a range from a lower to a higher address of one"
                        + " family, (e.g. 192.0.2.10-192.0.2.20)",
                "192.0.2.20-2001:db8::1|must be a range from a lower to a higher address of one"
                        + " family, (e.g. 192.0.2.10-192.0.2.20)",
                "127.0.0.8-127.0.0.9|may not be in the loopback range (127.0.0.0/8)",
                "::1/128|may not be in the loopback range (::1/128)",
                "169.254.1.0/24|may not be in the link-local range (169.254.0.0/16)",
                "fe80::/64|may not be in the link-local range (fe80::/10)",
                "223.255.255.0-224.0.0.1|may not be in the multicast range (224.0.0.0/4)",
                "ff02::/64|may not be in the multicast range (ff00::/8)",
                "0.0.0.0/32|may not be unspecified (0.0.0.0/8)",
                "::/128|may not be unspecified (::)",
                "10.100.0.0/24|must not overlap the range 10.96.0.0/12 of Services or pods",
                "10.243.0.0-10.244.0.0|must not overlap the range 10.244.0.0/16 of Services or"
                        + " pods",
                "198.51.100.8/30|must not overlap address pool \"lab\"",
                "2001:db8:1::7-2001:db8:1::8|must not overlap address pool \"lab\"",
            })
    void refusesWithKubernetesWords(String addresses, String error) {
        assertThat(judged(Optional.empty(), pool(addresses)))
                .isEqualTo("spec.addresses[0]: Invalid value: \"" + addresses + "\": " + error);
    }

    @Test
    void aRangeIsOfTwoAddresses() {
        assertThat(judged(Optional.empty(), pool("192.0.2.1-host")))
                .isEqualTo(
                        "spec.addresses[0]: Invalid value: \"host\": must be a valid IP address,"
                                + " (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }

    @Test
    void hasSomeAddressesAndNotTooMany() {
        assertThat(judged(Optional.empty(), pool())).isEqualTo("spec.addresses: Required value");
        assertThat(
                        judged(
                                Optional.empty(),
                                pool(
                                        Collections.nCopies(101, "192.0.2.0/24")
                                                .toArray(new String[0]))))
                .isEqualTo("spec.addresses: Too many: 101: must have at most 100 items");
        assertThat(judged(Optional.empty(), pool("192.0.2.0/24", "192.0.2.9-192.0.2.10")))
                .isEqualTo(
                        "spec.addresses[1]: Invalid value: \"192.0.2.9-192.0.2.10\": must not"
                                + " overlap another range of the pool");
    }

    @Test
    void whatItHadBeforeIsNotJudgedAgain() {
        AddressPool old = pool("10.244.1.0/24");

        assertThat(judged(Optional.of(old), pool("10.244.1.0/24", "192.0.2.0/24")))
                .isEqualTo("accepted");
    }

    @Test
    void isGivenOutFromByDefault() {
        var judgement =
                AddressPoolAdmission.admit(
                        Optional.empty(), pool("192.0.2.0/24"), List.of(), List.of());

        assertThat(judgement)
                .isInstanceOfSatisfying(
                        Judgement.Accepted.class,
                        accepted ->
                                assertThat(
                                                ((AddressPool) accepted.object())
                                                        .getSpec()
                                                        .getAutoAssign())
                                        .isTrue());
    }
}
