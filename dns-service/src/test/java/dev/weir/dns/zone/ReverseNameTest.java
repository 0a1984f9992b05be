package dev.weir.dns.zone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dns.wire.DnsName;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReverseNameTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,            1, 10.in-addr.arpa.,              10.in-addr.arpa.",
        "10.96.0.0/12,         16, 96.10.in-addr.arpa.,           111.10.in-addr.arpa.",
        "10.1.2.128/25,       128, 128.2.1.10.in-addr.arpa.,      255.2.1.10.in-addr.arpa.",
        "10.1.2.3/32,           1, 3.2.1.10.in-addr.arpa.,        3.2.1.10.in-addr.arpa.",
        "0.0.0.0/0,             1, in-addr.arpa.,                 in-addr.arpa.",
        "fd00::/8,              1, d.f.ip6.arpa.,                 d.f.ip6.arpa.",
        "fd00:10::/30,          4, 0.1.0.0.0.0.d.f.ip6.arpa.,     3.1.0.0.0.0.d.f.ip6.arpa.",
        "fd00::/17,             8, 0.0.0.d.f.ip6.arpa.,           7.0.0.d.f.ip6.arpa."
    })
    void zonesCoverTheRange(String range, int count, String first, String last) {
        List<DnsName> zones = ReverseName.zones(Cidr.of(range));

        assertThat(zones).hasSize(count).doesNotHaveDuplicates();
        assertThat(zones.getFirst().toString()).isEqualTo(first);
        assertThat(zones.getLast().toString()).isEqualTo(last);
        assertThat(zones)
                .anyMatch(ReverseName.of(Cidr.of(range).base())::isAtOrBelow)
                .anyMatch(ReverseName.of(Cidr.of(range).last())::isAtOrBelow);
    }

    @Test
    void sixteenOctetsAreThirtyTwoLabels() {
        DnsName name = ReverseName.of(IpAddress.of("2001:db8::567:89ab"));

        assertThat(name)
                .isEqualTo(
                        DnsName.of(
                                "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
                                        + ".8.b.d.0.1.0.0.2.ip6.arpa"));
    }

    @Test
    void overlappingRangesBecomeTheOuterZone() {
        ZoneSettings settings =
                new ZoneSettings(
                        DnsName.of("cluster.local"),
                        5,
                        List.of(),
                        List.of(Cidr.of("10.244.0.0/16"), Cidr.of("10.0.0.0/8")));

        assertThat(ZoneFrame.of(settings, List.of()).apexes())
                .containsExactly(DnsName.of("cluster.local"), DnsName.of("10.in-addr.arpa"));
    }
}
