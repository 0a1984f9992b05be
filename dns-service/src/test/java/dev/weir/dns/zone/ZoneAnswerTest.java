package dev.weir.dns.zone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.Ede;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Reply;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One row for each rule of what a name answers. {@code Z} stands for the cluster domain. */
class ZoneAnswerTest {
    private final Zone zone = SampleZone.zone();

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # the zone itself
                    dns-version.Z TXT                 | dns-version.Z TXT 1.1.0
                    Z SOA                             | Z SOA ns.dns.Z hostmaster.Z 7 7200 1800 86400 5
                    Z NS                              | Z NS ns.dns.Z
                    ns.dns.Z A                        | ns.dns.Z A 10.96.0.10
                    ns.dns.Z AAAA                     | ns.dns.Z AAAA fd00:10:96::a
                    # cluster addresses
                    v4.prod.svc.Z A                   | v4.prod.svc.Z A 10.96.0.1
                    V4.pRod.SVC.Z A                   | v4.prod.svc.Z A 10.96.0.1
                    v6.prod.svc.Z AAAA                | v6.prod.svc.Z AAAA fd00:10:96::1
                    dual.prod.svc.Z A                 | dual.prod.svc.Z A 10.96.0.2
                    dual.prod.svc.Z AAAA              | dual.prod.svc.Z AAAA fd00:10:96::2
                    v6.prod.svc.Z ANY                 | v6.prod.svc.Z AAAA fd00:10:96::1
                    # ports
                    _http._tcp.v4.prod.svc.Z SRV      | _http._tcp.v4.prod.svc.Z SRV 0 100 80 v4.prod.svc.Z
                    _dns._udp.v4.prod.svc.Z SRV       | _dns._udp.v4.prod.svc.Z SRV 0 100 53 v4.prod.svc.Z
                    _HTTP._TCP.v4.prod.svc.Z SRV      | _http._tcp.v4.prod.svc.Z SRV 0 100 80 v4.prod.svc.Z
                    _http._tcp.dual.prod.svc.Z SRV    | _http._tcp.dual.prod.svc.Z SRV 0 100 80 dual.prod.svc.Z
                    v4.prod.svc.Z SRV                 | v4.prod.svc.Z SRV 0 50 53 v4.prod.svc.Z;v4.prod.svc.Z SRV 0 50 80 v4.prod.svc.Z
                    bare.prod.svc.Z SRV               | bare.prod.svc.Z SRV 0 100 8080 bare.prod.svc.Z
                    # headless: ready endpoints only, named by host name or address
                    set.prod.svc.Z A                  | set.prod.svc.Z A 10.244.0.2;set.prod.svc.Z A 10.244.0.3
                    set.prod.svc.Z AAAA               | set.prod.svc.Z AAAA fd00:10:244::3;set.prod.svc.Z AAAA fd00:10:244::4
                    db-0.set.prod.svc.Z A             | db-0.set.prod.svc.Z A 10.244.0.3
                    db-0.set.prod.svc.Z AAAA          | db-0.set.prod.svc.Z AAAA fd00:10:244::3
                    10-244-0-2.set.prod.svc.Z A       | 10-244-0-2.set.prod.svc.Z A 10.244.0.2
                    fd00-10-244--4.set.prod.svc.Z AAAA | fd00-10-244--4.set.prod.svc.Z AAAA fd00:10:244::4
                    portless.prod.svc.Z A             | portless.prod.svc.Z A 10.244.0.8
                    one.portless.prod.svc.Z A         | one.portless.prod.svc.Z A 10.244.0.8
                    _c-port._udp.set.prod.svc.Z SRV   | _c-port._udp.set.prod.svc.Z SRV 0 33 1234 10-244-0-2.set.prod.svc.Z;_c-port._udp.set.prod.svc.Z SRV 0 33 1234 db-0.set.prod.svc.Z;_c-port._udp.set.prod.svc.Z SRV 0 33 1234 fd00-10-244--4.set.prod.svc.Z
                    # reverse
                    1.0.96.10.in-addr.arpa PTR        | 1.0.96.10.in-addr.arpa. PTR v4.prod.svc.Z
                    3.0.244.10.in-addr.arpa PTR       | 3.0.244.10.in-addr.arpa. PTR db-0.set.prod.svc.Z
                    2.0.244.10.in-addr.arpa PTR       | 2.0.244.10.in-addr.arpa. PTR 10-244-0-2.set.prod.svc.Z;2.0.244.10.in-addr.arpa. PTR other.twin.prod.svc.Z
                    1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa PTR | 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa. PTR v6.prod.svc.Z
                    99.10.in-addr.arpa SOA            | 99.10.in-addr.arpa. SOA ns.dns.Z hostmaster.Z 7 7200 1800 86400 5
                    # external names, as far as the zone goes
                    in.prod.svc.Z A                   | in.prod.svc.Z CNAME v4.prod.svc.Z;v4.prod.svc.Z A 10.96.0.1
                    in.prod.svc.Z CNAME               | in.prod.svc.Z CNAME v4.prod.svc.Z
                    out.prod.svc.Z CNAME              | out.prod.svc.Z CNAME www.Example.net.
                    # pods: any address in a namespace that exists
                    10-0-0-1.prod.pod.Z A             | 10-0-0-1.prod.pod.Z A 10.0.0.1
                    10-0-0-1.bleak.pod.Z A            | 10-0-0-1.bleak.pod.Z A 10.0.0.1
                    fd00--1.prod.pod.Z AAAA           | fd00--1.prod.pod.Z AAAA fd00::1
                    FD00--1.prod.pod.Z AAAA           | fd00--1.prod.pod.Z AAAA fd00::1
                    """)
    void answersWithRecords(String asked, String records) {
        Question question = question(asked);

        Reply reply = reply(question);

        assertThat(reply.rcode()).isEqualTo(Rcode.NOERROR);
        assertThat(reply.authoritative()).isTrue();
        assertThat(reply.authority()).isEmpty();
        assertThat(Lines.of(reply.answers()).stream().map(ZoneAnswerTest::lowerOwner))
                .containsExactly(expand(records).split(";"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # names between others exist
                    Z A                           | NODATA
                    Z AAAA                        | NODATA
                    Z SRV                         | NODATA
                    Z HINFO                       | NODATA
                    Z DS                          | NODATA
                    svc.Z A                       | NODATA
                    pod.Z A                       | NODATA
                    dns.Z A                       | NODATA
                    prod.svc.Z A                  | NODATA
                    prod.pod.Z A                  | NODATA
                    bleak.svc.Z A                 | NODATA
                    bleak.pod.Z AAAA              | NODATA
                    _tcp.v4.prod.svc.Z SRV        | NODATA
                    _tcp.v4.prod.svc.Z A          | NODATA
                    _udp.set.prod.svc.Z A         | NODATA
                    # names that exist with another type
                    v4.prod.svc.Z AAAA            | NODATA
                    v6.prod.svc.Z A               | NODATA
                    v4.prod.svc.Z TXT             | NODATA
                    v4.prod.svc.Z NS              | NODATA
                    v4.prod.svc.Z SOA             | NODATA
                    _http._tcp.v4.prod.svc.Z A    | NODATA
                    10-244-0-2.set.prod.svc.Z AAAA | NODATA
                    portless.prod.svc.Z SRV       | NODATA
                    dns-version.Z A               | NODATA
                    10-0-0-1.prod.pod.Z AAAA      | NODATA
                    fd00--1.prod.pod.Z A          | NODATA
                    # names that do not exist
                    absent.Z A                    | NXDOMAIN
                    none.svc.Z A                  | NXDOMAIN
                    none.pod.Z A                  | NXDOMAIN
                    absent.prod.svc.Z A           | NXDOMAIN
                    absent.prod.svc.Z NS          | NXDOMAIN
                    v4.none.svc.Z A               | NXDOMAIN
                    below.v4.prod.svc.Z A         | NXDOMAIN
                    _gone._tcp.v4.prod.svc.Z SRV  | NXDOMAIN
                    _http._udp.v4.prod.svc.Z SRV  | NXDOMAIN
                    _sctp.v4.prod.svc.Z SRV       | NXDOMAIN
                    _tcp.bare.prod.svc.Z SRV      | NXDOMAIN
                    a.b.c.d.e.v4.prod.svc.Z A     | NXDOMAIN
                    # nothing to resolve to
                    pending.prod.svc.Z A          | NXDOMAIN
                    down.prod.svc.Z A             | NXDOMAIN
                    down.prod.svc.Z AAAA          | NXDOMAIN
                    down.prod.svc.Z SRV           | NXDOMAIN
                    _http._tcp.down.prod.svc.Z SRV | NXDOMAIN
                    db-0.down.prod.svc.Z A        | NXDOMAIN
                    db-9.set.prod.svc.Z A         | NXDOMAIN
                    10-244-0-3.set.prod.svc.Z A   | NXDOMAIN
                    literal.prod.svc.Z A          | NXDOMAIN
                    below.out.prod.svc.Z A        | NXDOMAIN
                    # no wildcards
                    *.prod.svc.Z A                | NXDOMAIN
                    *.*.svc.Z A                   | NXDOMAIN
                    any.prod.svc.Z A              | NXDOMAIN
                    # pods
                    10-0-0-1.none.pod.Z A         | NXDOMAIN
                    10-0-0-256.prod.pod.Z A       | NXDOMAIN
                    10-0-0-01.prod.pod.Z A        | NXDOMAIN
                    10-0-0.prod.pod.Z A           | NXDOMAIN
                    web.prod.pod.Z A              | NXDOMAIN
                    x.10-0-0-1.prod.pod.Z A       | NXDOMAIN
                    """)
    void answersWithNothing(String asked, String kind) {
        Question question = question(asked);

        Reply reply = reply(question);

        assertThat(reply.rcode()).isEqualTo(kind.equals("NODATA") ? Rcode.NOERROR : Rcode.NXDOMAIN);
        assertThat(reply.authoritative()).isTrue();
        assertThat(reply.answers()).isEmpty();
        assertThat(Lines.of(reply.authority()))
                .containsExactly(expand("Z SOA ns.dns.Z hostmaster.Z 7 7200 1800 86400 5"));
        assertThat(reply.authority().getFirst().ttl()).isEqualTo(5);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    99.0.244.10.in-addr.arpa PTR           | NXDOMAIN | 244.10.in-addr.arpa.
                    v4.prod.svc.96.10.in-addr.arpa A       | NXDOMAIN | 96.10.in-addr.arpa.
                    7.0.244.10.in-addr.arpa PTR            | NXDOMAIN | 244.10.in-addr.arpa.
                    0.244.10.in-addr.arpa PTR              | NODATA   | 244.10.in-addr.arpa.
                    1.0.96.10.in-addr.arpa A               | NODATA   | 96.10.in-addr.arpa.
                    111.10.in-addr.arpa PTR                | NODATA   | 111.10.in-addr.arpa.
                    4.2.0.0.1.0.0.0.0.d.f.ip6.arpa PTR     | NXDOMAIN |
                    0.0.0.0.4.4.2.0.0.1.0.0.0.0.d.f.ip6.arpa PTR | NODATA | 4.4.2.0.0.1.0.0.0.0.d.f.ip6.arpa.
                    """)
    void reverseZonesSpeakForThemselves(String asked, String kind, String apex) {
        Question question = question(asked);

        ZoneAnswer answer = zone.answer(question);

        if (apex == null) {
            assertThat(answer).isEqualTo(new ZoneAnswer.Elsewhere(question, List.of()));
            return;
        }
        Reply reply = ((ZoneAnswer.Final) answer).reply();
        assertThat(reply.rcode()).isEqualTo(kind.equals("NODATA") ? Rcode.NOERROR : Rcode.NXDOMAIN);
        assertThat(reply.authority()).hasSize(1);
        assertThat(reply.authority().getFirst().owner()).isEqualTo(DnsName.of(apex));
    }

    @ParameterizedTest
    @CsvSource({
        "example.com A",
        "local A",
        "cluster.local.example.com A",
        "xcluster.local A",
        "1.0.112.10.in-addr.arpa PTR",
        "1.0.95.10.in-addr.arpa PTR",
        ". NS"
    })
    void leavesOtherNamesToOthers(String asked) {
        Question question = question(asked);

        ZoneAnswer answer = zone.answer(question);

        assertThat(answer).isEqualTo(new ZoneAnswer.Elsewhere(question, List.of()));
    }

    @Test
    void followsAnAliasOutOfTheZone() {
        ZoneAnswer answer = zone.answer(question("out.prod.svc.Z AAAA"));

        ZoneAnswer.Elsewhere elsewhere = (ZoneAnswer.Elsewhere) answer;
        assertThat(elsewhere.question()).isEqualTo(question("www.example.net AAAA"));
        assertThat(Lines.of(elsewhere.aliases()))
                .containsExactly(expand("out.prod.svc.Z CNAME www.Example.net."));
    }

    @Test
    void anAliasToAnAbsentNameSaysBoth() {
        Reply reply = reply(question("gone.prod.svc.Z A"));

        assertThat(reply.rcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(Lines.of(reply.answers()))
                .containsExactly(expand("gone.prod.svc.Z CNAME absent.prod.svc.Z"));
        assertThat(reply.authority()).hasSize(1);
    }

    @Test
    void aLoopOfAliasesFails() {
        Reply reply = reply(question("tick.prod.svc.Z A"));

        assertThat(reply.rcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void serviceRecordsBringTheAddressesOfTheirTargets() {
        Reply reply = reply(question("_c-port._udp.set.prod.svc.Z SRV"));

        assertThat(Lines.of(reply.additional()))
                .containsExactly(
                        expand("10-244-0-2.set.prod.svc.Z A 10.244.0.2"),
                        expand("db-0.set.prod.svc.Z A 10.244.0.3"),
                        expand("db-0.set.prod.svc.Z AAAA fd00:10:244::3"),
                        expand("fd00-10-244--4.set.prod.svc.Z AAAA fd00:10:244::4"));
    }

    @Test
    void beforeTheFirstSyncOwnNamesFailAndOthersPass() {
        Zone unsynced = Zone.empty(SampleZone.SETTINGS);

        List<Reply> replies =
                Stream.of("v4.prod.svc.Z A", "absent.Z A", "Z SOA", "1.0.96.10.in-addr.arpa PTR")
                        .map(asked -> unsynced.answer(question(asked)))
                        .map(answer -> ((ZoneAnswer.Final) answer).reply())
                        .toList();

        assertThat(replies)
                .allSatisfy(
                        reply -> {
                            assertThat(reply.rcode()).isEqualTo(Rcode.SERVFAIL);
                            assertThat(reply.ede().code()).isEqualTo(Ede.NOT_READY);
                        });
        assertThat(unsynced.answer(question("example.com A")))
                .isInstanceOf(ZoneAnswer.Elsewhere.class);
    }

    @Test
    void theSerialIsTheRevisionModuloTwoToThe32() {
        Zone late = SampleZone.zone().apply(SampleZone.puts(List.of()), 0x1_8000_0001L);

        Reply reply = ((ZoneAnswer.Final) late.answer(question("Z SOA"))).reply();

        assertThat(late.serial()).isEqualTo(0x8000_0001);
        assertThat(reply.answers()).hasSize(1);
    }

    private Reply reply(Question question) {
        return ((ZoneAnswer.Final) zone.answer(question)).reply();
    }

    private static Question question(String text) {
        String[] parts = expand(text).split(" ");
        return Question.in(DnsName.of(parts[0]), Lines.TYPES.get(parts[1]));
    }

    private static String lowerOwner(String line) {
        int end = line.indexOf(' ');
        return line.substring(0, end).toLowerCase(Locale.ROOT) + line.substring(end);
    }

    /** "Z" at the end of a name is the cluster domain. */
    static String expand(String text) {
        return text.replaceAll("(^|[.; ])Z($|[ ;])", "$1cluster.local.$2");
    }
}
