package dev.weir.agent.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.nft.PolicyChain.Direction;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Filter.Allow;
import dev.weir.model.Filter.Anyone;
import dev.weir.model.Filter.Block;
import dev.weir.model.Filter.Group;
import dev.weir.model.Filter.Ports;
import dev.weir.model.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyChainTest {

    private static PolicyChain compile(Direction direction, Allow... rules) {
        return PolicyChain.compile(direction, new Filter.Isolated(List.of(rules))).orElseThrow();
    }

    private static Ports tcp(int first, int last) {
        return new Ports(Protocol.TCP, first, last);
    }

    @Test
    void anOpenFilterNeedsNoChainAndAClosedOneOnlyDrops() {
        assertThat(PolicyChain.compile(Direction.INGRESS, Filter.OPEN)).isEmpty();
        assertThat(compile(Direction.INGRESS).chain().rules())
                .containsExactly("counter name denied drop");
    }

    @Test
    void theSameRulesInAnyOrderAreTheSameChain() {
        Allow one = new Allow(new Group("a"), List.of(tcp(80, 80)));
        Allow two = new Allow(new Anyone(), List.of(tcp(443, 443)));

        assertThat(compile(Direction.INGRESS, one, two, one))
                .isEqualTo(compile(Direction.INGRESS, two, one));
        assertThat(compile(Direction.INGRESS, one).chain().name())
                .isNotEqualTo(compile(Direction.EGRESS, one).chain().name());
    }

    @Test
    void portsAreMergedPerProtocol() {
        Allow allow =
                new Allow(
                        new Anyone(),
                        List.of(
                                tcp(90, 100),
                                tcp(80, 80),
                                tcp(81, 95),
                                tcp(443, 443),
                                new Ports(Protocol.UDP, 53, 53),
                                new Ports(Protocol.SCTP, 0, 65535)));

        assertThat(compile(Direction.EGRESS, allow).chain().rules())
                .containsExactlyInAnyOrder(
                        "meta l4proto 6 ct reply proto-src { 80-100, 443 } return",
                        "meta l4proto 17 ct reply proto-src 53 return",
                        "meta l4proto 132 return",
                        "counter name denied drop");
    }

    @Test
    void aGroupIsOneSetPerFamilyAndPeersAreSoughtOnTheOtherSide() {
        PolicyChain ingress = compile(Direction.INGRESS, new Allow(new Group("x y;"), List.of()));

        assertThat(ingress.sets()).hasSize(2).allMatch(set -> set.matches("g[46]-[0-9a-f]{16}"));
        assertThat(ingress.chain().rules())
                .anyMatch(r -> r.matches("ct original ip saddr @g4-[0-9a-f]{16} return"))
                .anyMatch(r -> r.matches("ct original ip6 saddr @g6-[0-9a-f]{16} return"));
        assertThat(compile(Direction.EGRESS, new Allow(new Group("x"), List.of())).chain().rules())
                .anyMatch(r -> r.startsWith("ct reply ip saddr @g4-"));
    }

    @Test
    void exceptionsInsideOthersAreLeftOut() {
        Block block =
                new Block(
                        Cidr.of("10.0.0.0/8"),
                        List.of(Cidr.of("10.1.2.0/24"), Cidr.of("10.1.0.0/16")));

        assertThat(compile(Direction.INGRESS, new Allow(block, List.of())).chain().rules())
                .contains(
                        "meta nfproto ipv4 ct original ip saddr 10.0.0.0/8"
                                + " ct original ip saddr != { 10.1.0.0/16 } return");
    }
}
