package dev.weir.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpBatchTest {

    @Test
    void linksAddressesAndRoutesOfBothFamiliesAreProgrammedAndRead() throws Exception {
        try (TestNamespace namespace = TestNamespace.create();
                Rtnetlink rtnetlink = namespace.namespace().call(Rtnetlink::open)) {
            List<IpBatch.Failure> failures =
                    new IpBatch()
                            .add("link", "add", "weir0", "type", "veth", "peer", "name", "weir1")
                            .add("link", "set", "weir0", "mtu", "1400", "up")
                            .add("link", "set", "weir1", "up")
                            .add("addr", "add", "10.9.0.1/24", "dev", "weir0")
                            .add("addr", "add", "fd09::1/64", "dev", "weir0", "nodad")
                            .add("route", "replace", "10.8.0.0/16", "via", "10.9.0.2")
                            .add("route", "replace", "fd08::/32", "via", "fd09::2")
                            .run(namespace.namespace());

            assertThat(failures).isEmpty();
            Rtnetlink.Link weir0 =
                    rtnetlink.links().stream()
                            .filter(l -> l.name().equals("weir0"))
                            .findFirst()
                            .get();
            assertThat(weir0.kind()).isEqualTo("veth");
            assertThat(weir0.mtu()).isEqualTo(1400);
            assertThat(weir0.up()).isTrue();
            assertThat(rtnetlink.addresses())
                    .contains(
                            new Rtnetlink.Address(
                                    weir0.index(), InetAddress.ofLiteral("10.9.0.1"), 24),
                            new Rtnetlink.Address(
                                    weir0.index(), InetAddress.ofLiteral("fd09::1"), 64));
            assertThat(rtnetlink.routes())
                    .anyMatch(r -> gateway(r, "10.8.0.0", 16, "10.9.0.2", weir0.index()))
                    .anyMatch(r -> gateway(r, "fd08::", 32, "fd09::2", weir0.index()));
        }
    }

    private static boolean gateway(
            Rtnetlink.Route route, String to, int prefix, String gateway, int link) {
        return InetAddress.ofLiteral(to).equals(route.destination())
                && route.prefix() == prefix
                && InetAddress.ofLiteral(gateway).equals(route.gateway())
                && route.link() == link;
    }

    @Test
    void rulesOfBothFamiliesAreProgrammedAndRead() throws Exception {
        try (TestNamespace namespace = TestNamespace.create();
                Rtnetlink rtnetlink = namespace.namespace().call(Rtnetlink::open)) {
            String[] local = {
                "rule", "add", "pref", "70", "iif", "lo", "lookup", "main", "protocol", "157"
            };
            String[] closed = {
                "rule", "add", "pref", "71", "from", "fd09::/64", "prohibit", "protocol", "157"
            };
            assertThat(new IpBatch().add(local).run(namespace.namespace())).isEmpty();
            assertThat(IpBatch.ipv6().add(closed).run(namespace.namespace())).isEmpty();
            assertThat(IpBatch.ipv6().add(closed).run(namespace.namespace()))
                    .singleElement()
                    .matches(IpBatch.Failure::exists);

            assertThat(rtnetlink.rules().stream().filter(rule -> rule.protocol() == 157))
                    .containsExactlyInAnyOrder(
                            new Rtnetlink.Rule(
                                    false, 70, null, 0, null, 0, "lo", 0, 0, 1, 254, 157),
                            new Rtnetlink.Rule(
                                    true,
                                    71,
                                    InetAddress.ofLiteral("fd09::"),
                                    64,
                                    null,
                                    0,
                                    "",
                                    0,
                                    0,
                                    8,
                                    0,
                                    157));
        }
    }

    @Test
    void oneFailureStopsNothingAndIsNamed() throws Exception {
        try (TestNamespace namespace = TestNamespace.create();
                Rtnetlink rtnetlink = namespace.namespace().call(Rtnetlink::open)) {
            List<IpBatch.Failure> failures =
                    new IpBatch()
                            .add("link", "add", "weir0", "type", "bridge")
                            .add("link", "del", "nothing")
                            .add("link", "add", "weir0", "type", "bridge")
                            .add("link", "add", "weir2", "type", "bridge")
                            .run(namespace.namespace());

            assertThat(failures).extracting(IpBatch.Failure::line).containsExactly(1, 2);
            assertThat(failures.get(0).gone()).isTrue();
            assertThat(failures.get(1).exists()).isTrue();
            assertThat(failures.get(0).words()).containsExactly("link", "del", "nothing");
            assertThat(rtnetlink.links()).extracting(Rtnetlink.Link::name).contains("weir2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nlink", "#", "\"x\"", "a\\", "$(x)", "a;b"})
    void aWordThatCouldBeMoreThanOneIsRefused(String word) {
        assertThatThrownBy(() -> new IpBatch().add("link", "del", word))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
