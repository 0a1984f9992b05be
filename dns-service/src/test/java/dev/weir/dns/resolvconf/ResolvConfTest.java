package dev.weir.dns.resolvconf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResolvConfTest {
    private static final ResolvConf EMPTY = new ResolvConf(List.of(), List.of(), List.of());

    @Test
    void parsesWhatTheCLibraryReads() {
        String text =
                """
                # comment
                ; another
                domain old.example
                search one.example two.example.   # the last one counts
                nameserver 192.0.2.1
                nameserver\t2001:db8::1
                nameserver fe80::1%eth0
                nameserver resolver.example
                nameserver
                options ndots:2 timeout:1
                options rotate
                sortlist 192.0.2.0
                """;

        ResolvConf conf = ResolvConf.parse(text);

        assertThat(conf)
                .isEqualTo(
                        new ResolvConf(
                                List.of(IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1")),
                                List.of("one.example", "two.example"),
                                List.of("ndots:2", "timeout:1", "rotate")));
    }

    @Test
    void anEmptyFileMeansTheHostItself() {
        ResolvConf conf = ResolvConf.parse("");

        assertThat(conf.nameservers())
                .containsExactly(IpAddress.of("127.0.0.1"), IpAddress.of("::1"));
    }

    @Test
    void rendersWhatItParses() {
        String text = "search a.example .\nnameserver 192.0.2.1\noptions ndots:2\n";

        assertThat(ResolvConf.parse(text).render()).isEqualTo(text);
    }

    @Test
    void doesNotForwardToItself() throws Exception {
        ResolvConf conf = ResolvConf.parse("nameserver 10.96.0.10\nnameserver 192.0.2.1\n");

        List<InetSocketAddress> upstreams = conf.upstreams(List.of(IpAddress.of("10.96.0.10")));

        assertThat(upstreams)
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 53));
    }

    @Test
    void aPodAsksTheClusterFirst() {
        ResolvConf host =
                ResolvConf.parse(
                        """
                        search corp.example svc.cluster.local
                        nameserver 192.0.2.1
                        options ndots:1 rotate
                        """);

        String file = PodResolvConf.render("prod", "cluster.local", addresses("10.96.0.10"), host);

        assertThat(file)
                .isEqualTo(
                        """
                        search prod.svc.cluster.local svc.cluster.local cluster.local corp.example
                        nameserver 10.96.0.10
                        options ndots:5
                        """);
    }

    @Test
    void bothFamiliesAndAtMostThreeServers() {
        String file =
                PodResolvConf.render(
                        "prod",
                        "cluster.local",
                        addresses("10.96.0.10", "fd00:10:96::a", "10.96.0.11", "10.96.0.12"),
                        EMPTY);

        assertThat(file.lines().filter(line -> line.startsWith("nameserver")))
                .containsExactly(
                        "nameserver 10.96.0.10",
                        "nameserver fd00:10:96::a",
                        "nameserver 10.96.0.11");
    }

    @Test
    void withoutClusterDnsThePodGetsTheHostsFile() {
        ResolvConf host = ResolvConf.parse("search corp.example\nnameserver 192.0.2.1\n");

        String file = PodResolvConf.render("prod", "cluster.local", List.of(), host);

        assertThat(file).isEqualTo("search corp.example\nnameserver 192.0.2.1\n");
    }

    @Test
    void tooManyOrTooLongSearchDomainsAreLeftOut() {
        String tooLong = "x".repeat(254);
        List<String> many = IntStream.range(0, 60).mapToObj(i -> "d" + i + ".example").toList();
        List<String> wide = IntStream.range(0, 20).mapToObj(i -> i + "y".repeat(200)).toList();

        assertThat(searches(List.of(tooLong, "fits.example"))).hasSize(4).contains("fits.example");
        assertThat(searches(many)).hasSize(32);
        assertThat(String.join(" ", searches(wide)).length()).isBetween(1800, 2048);
    }

    private static List<String> searches(List<String> host) {
        ResolvConf conf = new ResolvConf(List.of(), host, List.of());
        String file = PodResolvConf.render("prod", "cluster.local", addresses("10.96.0.10"), conf);
        return ResolvConf.parse(file).searches();
    }

    private static List<IpAddress> addresses(String... texts) {
        return List.of(texts).stream().map(IpAddress::of).toList();
    }
}
