package dev.weir.agent.l2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static Set<String> nodes(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "node-" + i)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static IpAddress address(boolean v6, int number) {
        return IpAddress.of(v6 ? "2001:db8::" : "192.0.2.0").plus(number);
    }

    private static String owner(IpAddress address, Set<String> nodes) {
        return Rendezvous.highest(address, nodes, node -> true).orElseThrow();
    }

    /** Nodes of different versions elect together: these numbers may never be others. */
    @Test
    void scoresAreTheSameForEver() {
        assertThat(Rendezvous.score(IpAddress.of("192.0.2.1"), "node-1"))
                .isEqualTo(0xe947c182f2b68b93L);
        assertThat(Rendezvous.score(IpAddress.of("2001:db8::1"), "node-1"))
                .isEqualTo(0x9bbe2da1d81a7085L);
    }

    @Test
    void aNodesEndMovesOnlyItsOwnAddresses() {
        Set<String> before = nodes(2 + random.nextInt(20));
        String gone = List.copyOf(before).get(random.nextInt(before.size()));
        Set<String> after = new HashSet<>(before);
        after.remove(gone);

        for (int i = 0; i < 256; i++) {
            IpAddress address = address(random.nextBoolean(), i);
            String owner = owner(address, before);
            if (!owner.equals(gone)) {
                assertThat(owner(address, after)).as("seed %d, %s", seed, address).isEqualTo(owner);
            }
        }
    }

    @Test
    void addressesThatFollowEachOtherSpreadEvenly() {
        for (boolean v6 : List.of(false, true)) {
            Map<String, Long> counts =
                    IntStream.range(0, 1000)
                            .mapToObj(i -> owner(address(v6, i), nodes(10)))
                            .collect(
                                    Collectors.groupingBy(
                                            Function.identity(), Collectors.counting()));

            assertThat(counts.values())
                    .as("of 1000 addresses on 10 nodes")
                    .hasSize(10)
                    .allMatch(count -> count > 60 && count < 140);
        }
    }

    @Test
    void whoIsNotEligibleOrNotAliveOwnsNothing() {
        IpAddress address = address(false, 1);

        assertThat(Rendezvous.highest(address, Set.of(), node -> true)).isEmpty();
        assertThat(Rendezvous.highest(address, nodes(3), node -> false)).isEmpty();
        assertThat(Rendezvous.highest(address, nodes(3), "node-2"::equals)).hasValue("node-2");
    }

    private static Optional<Set<IpAddress>> owning(IpAddress... addresses) {
        return Optional.of(Set.of(addresses));
    }

    @Test
    void whoOwnsItKeepsItAndAmongSeveralTheHighest() {
        IpAddress address = address(true, 1);
        List<String> ranked =
                nodes(4).stream()
                        .sorted(
                                (a, b) ->
                                        Long.compareUnsigned(
                                                Rendezvous.score(address, b),
                                                Rendezvous.score(address, a)))
                        .toList();
        Map<String, Optional<Set<IpAddress>>> alive = new HashMap<>();
        ranked.forEach(node -> alive.put(node, owning()));

        assertThat(Rendezvous.owner(address, ranked, alive)).hasValue(ranked.get(0));
        alive.put(ranked.get(3), owning(address));
        assertThat(Rendezvous.owner(address, ranked, alive)).hasValue(ranked.get(3));
        alive.put(ranked.get(2), owning(address));
        assertThat(Rendezvous.owner(address, ranked, alive)).hasValue(ranked.get(2));
        assertThat(Rendezvous.owner(address, ranked.subList(0, 2), alive))
                .as("those that own it may not any more")
                .hasValue(ranked.get(0));
    }

    @Test
    void whoDoesNotSayWhatItOwnsOwnsWhatNobodyRanksHigherFor() {
        IpAddress address = address(false, 1);
        String top = Rendezvous.highest(address, nodes(3), node -> true).orElseThrow();
        String silent = nodes(3).stream().filter(node -> !node.equals(top)).findFirst().get();
        String owner =
                nodes(3).stream()
                        .filter(node -> !node.equals(top) && !node.equals(silent))
                        .findFirst()
                        .get();

        assertThat(
                        Rendezvous.owner(
                                address,
                                nodes(3),
                                Map.of(top, Optional.empty(), owner, owning(address))))
                .hasValue(top);
        assertThat(
                        Rendezvous.owner(
                                address,
                                nodes(3),
                                Map.of(
                                        top,
                                        owning(),
                                        silent,
                                        Optional.empty(),
                                        owner,
                                        owning(address))))
                .hasValue(owner);
    }
}
