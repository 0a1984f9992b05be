package dev.weir.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.changes.MapDelta;
import dev.weir.dns.v1.ResolveRequest;
import dev.weir.dns.v1.ResolveResponse;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.zone.DnsService;
import dev.weir.dns.zone.Zone;
import dev.weir.dns.zone.ZoneDelta;
import dev.weir.model.FailureException;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResolutionTest {
    private static final Zone ZONE = zone();

    private static Zone zone() {
        DnsService web = service("web", List.of("10.96.0.20", "fd00:10:96::14"), Optional.empty());
        DnsService away = service("away", List.of(), Optional.of(DnsName.of("www.example.com")));
        return Zone.EMPTY
                .apply(
                        new ZoneDelta(
                                new MapDelta<>(Map.of(web.key(), web, away.key(), away), Set.of()),
                                Set.of("default"),
                                Set.of()),
                        7)
                .inSync();
    }

    private static DnsService service(
            String name, List<String> addresses, Optional<DnsName> alias) {
        return new DnsService(
                "default",
                name,
                addresses.stream().map(IpAddress::of).toList(),
                false,
                alias,
                List.of(),
                List.of());
    }

    private static ResolveResponse resolve(String name, String type) {
        return Resolution.of(ZONE, ResolveRequest.newBuilder().setName(name).setType(type).build());
    }

    @Test
    void addressesComeInWordsAndWithTheRevision() {
        ResolveResponse v4 = resolve("web.default.svc.cluster.local", "");
        ResolveResponse v6 = resolve("web.default.svc.cluster.local.", "AAAA");

        assertThat(v4.getRcode()).isEqualTo("NOERROR");
        assertThat(v4.getSerial()).isEqualTo(7);
        assertThat(v4.getAnswers(0).getData()).isEqualTo("10.96.0.20");
        assertThat(v6.getAnswers(0).getData()).isEqualTo("fd00:10:96::14");
    }

    @Test
    void whatDoesNotExistIsAnAnswer() {
        ResolveResponse absent = resolve("nobody.default.svc.cluster.local", "A");

        assertThat(absent.getRcode()).isEqualTo("NXDOMAIN");
        assertThat(absent.getAnswersList()).isEmpty();
    }

    @Test
    void whatIsOutsideIsSaidToBe() {
        ResolveResponse alias = resolve("away.default.svc.cluster.local", "A");
        ResolveResponse foreign = resolve("www.example.com", "A");

        assertThat(alias.getOutside()).isTrue();
        assertThat(alias.getAnswers(0).getType()).isEqualTo("CNAME");
        assertThat(alias.getAnswers(0).getData()).startsWith("www.example.com");
        assertThat(foreign.getOutside()).isTrue();
        assertThat(foreign.getAnswersList()).isEmpty();
    }

    @Test
    void whatIsNoNameOrNoTypeIsRefusedInWords() {
        assertThatThrownBy(() -> resolve("a..b", "A"))
                .isInstanceOf(FailureException.class)
                .hasMessageStartingWith("name: ");
        assertThatThrownBy(() -> resolve("web.default.svc.cluster.local", "MX"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("\"MX\" is none of [A, AAAA");
    }
}
