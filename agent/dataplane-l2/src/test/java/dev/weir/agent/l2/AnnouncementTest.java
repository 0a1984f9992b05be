package dev.weir.agent.l2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.model.IpAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three nodes that answer for addresses, and a client that asks. */
class AnnouncementTest {
    /** Far more than it takes, for a machine that is busy; what it took is printed. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** For an agent that starts: it listens, says that it lives, and owns what it then owns. */
    private static final Duration RETURN =
            Duration.ofMillis(
                    Timing.DEFAULT.listen() + Timing.DEFAULT.settle() + Timing.DEFAULT.silence());

    private static final List<IpAddress> ADDRESSES =
            IntStream.rangeClosed(1, 4)
                    .boxed()
                    .flatMap(i -> Stream.of("192.0.2.10" + i, "2001:db8::10" + i))
                    .map(IpAddress::of)
                    .toList();

    private static final Set<String> ALL = Set.copyOf(Lan.NODES);

    private Lan lan;

    @BeforeEach
    void connect() throws Exception {
        lan = Lan.create();
    }

    @AfterEach
    void disconnect() throws Exception {
        if (lan != null) {
            lan.close();
        }
    }

    private static NodeImage eligible(Set<String> nodes) {
        return eligible(nodes, ADDRESSES);
    }

    private static NodeImage eligible(Set<String> nodes, List<IpAddress> addresses) {
        Map<IpAddress, Set<String>> announcements = new HashMap<>();
        addresses.forEach(address -> announcements.put(address, nodes));
        return Images.announcing(announcements);
    }

    private void tell(String node, NodeImage image) {
        assertThat(lan.plane(node).apply(image, NodeDelta.between(NodeImage.EMPTY, image)))
                .satisfies(outcome -> assertThat(outcome.problems()).isEmpty());
    }

    /** All at once, as after a power cut: whoever is far ahead of the others would have all. */
    private void startAll(NodeImage image) throws Exception {
        for (String node : Lan.NODES) {
            lan.start(node);
        }
        tellAll(image);
        awaitOneOf(ALL);
    }

    private void tellAll(NodeImage image) {
        Lan.NODES.parallelStream().forEach(node -> tell(node, image));
    }

    private Map<IpAddress, Set<String>> answers() throws Exception {
        return lan.whoHas(ADDRESSES);
    }

    /** The owner of each address, once it has one. */
    private Map<IpAddress, String> awaitOneOf(Set<String> alive) throws Exception {
        Map<IpAddress, Set<String>> found = new HashMap<>();
        await(
                "one of " + alive + " answers for each address",
                () -> {
                    found.putAll(answers());
                    return found.values().stream()
                            .allMatch(nodes -> nodes.size() == 1 && alive.containsAll(nodes));
                });
        return found.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().iterator().next()));
    }

    /** Milliseconds that it took. */
    private static long await(String what, Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as(what).isLessThan(LIMIT);
            Thread.sleep(10);
        }
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    /** The client's kernel knows where each address is, as if it was talking to it. */
    private void talkToAll() throws Exception {
        for (IpAddress address : ADDRESSES) {
            lan.knock(address);
        }
        await(
                "the client's kernel knows all addresses",
                () -> neighbours().size() == ADDRESSES.size());
    }

    private Map<IpAddress, String> neighbours() throws Exception {
        Map<IpAddress, String> found = new TreeMap<>();
        for (IpAddress address : ADDRESSES) {
            lan.neighbour(address).ifPresent(node -> found.put(address, node));
        }
        return found;
    }

    @Test
    void oneNodeAnswersForAnAddressAndTheClientFindsIt() throws Exception {
        startAll(eligible(ALL));

        talkToAll();

        assertThat(neighbours()).isEqualTo(awaitOneOf(ALL));
    }

    @Test
    void whenANodeLosesPowerTheClientIsToldWhereItsAddressesAreNow() throws Exception {
        startAll(eligible(ALL));
        talkToAll();
        Map<IpAddress, String> before = neighbours();
        String dead = before.get(ADDRESSES.getFirst());

        lan.unplug(dead);
        long took = await("the addresses moved", () -> !neighbours().containsValue(dead));

        System.out.println("a node lost power: its addresses moved within " + took + " ms");
        assertThat(awaitOneOf(without(dead)))
                .as("the client knows, and no others moved")
                .isEqualTo(neighbours())
                .containsAllEntriesOf(without(before, dead));
    }

    @Test
    void anAddressIsOnTheLinkOnceAllNodesHaveAcknowledgedIt() throws Exception {
        for (String node : Lan.NODES) {
            lan.start(node);
        }
        Thread.sleep(Timing.DEFAULT.listen() + 2 * Timing.DEFAULT.tick());

        for (int count : new int[] {2, 4, ADDRESSES.size()}) {
            tellAll(eligible(ALL, ADDRESSES.subList(0, count)));
            assertThat(answers().values())
                    .as("the first answers to questions for %d addresses", count)
                    .filteredOn(nodes -> nodes.size() == 1)
                    .hasSize(count);
        }
    }

    private static Map<IpAddress, String> without(Map<IpAddress, String> owners, String node) {
        return owners.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(node))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void whenAnAgentEndsAnotherNodeAnswersAndWhenItIsBackNothingMoves() throws Exception {
        NodeImage image = eligible(ALL);
        startAll(image);
        talkToAll();
        String ended = neighbours().get(ADDRESSES.getFirst());

        lan.plane(ended).close();
        long away = await("the addresses moved", () -> !neighbours().containsValue(ended));
        Map<IpAddress, String> moved = awaitOneOf(without(ended));
        lan.start(ended);
        tell(ended, image);

        System.out.println("an agent ended: its addresses moved within " + away + " ms");
        long end = System.nanoTime() + RETURN.toNanos();
        while (System.nanoTime() < end) {
            assertThat(answers())
                    .as("who answers while %s comes back", ended)
                    .allSatisfy(
                            (address, nodes) ->
                                    assertThat(nodes).containsExactly(moved.get(address)));
        }
        assertThat(neighbours()).as("what the client knows").isEqualTo(moved);
    }

    @Test
    void whoComesBackTakesOverWhenTheOthersAreGone() throws Exception {
        NodeImage image = eligible(ALL);
        startAll(image);
        String back = Lan.NODES.getFirst();
        lan.plane(back).close();
        awaitOneOf(without(back));
        lan.start(back);
        tell(back, image);
        Thread.sleep(RETURN);

        for (String node : without(back)) {
            lan.plane(node).close();
        }

        awaitOneOf(Set.of(back));
    }

    @Test
    void nobodyAnswersForAnAddressThatNoNodeMayAnswerFor() throws Exception {
        startAll(eligible(ALL));
        NodeImage nobody = eligible(Set.of());

        Lan.NODES.forEach(node -> tell(node, nobody));

        await("silence", () -> answers().values().stream().allMatch(Set::isEmpty));
    }

    @Test
    void aNodeThatMayNotNeverAnswers() throws Exception {
        String only = Lan.NODES.getLast();

        for (String node : Lan.NODES) {
            lan.start(node);
            tell(node, eligible(Set.of(only)));
        }

        await(
                "the only one that may answers",
                () -> answers().values().stream().allMatch(Set.of(only)::equals));
    }

    @Test
    void aNodeWithoutALinkSaysSoUntilItHasOne() throws Exception {
        startAll(eligible(ALL));
        String node = Lan.NODES.getFirst();

        lan.down(node);
        await("the plane tells", () -> !lan.plane(node).verify().isEmpty());
        assertThat(lan.plane(node).repair().problems().toString())
                .contains("cannot be announced from " + node);
        lan.up(node);

        await("the plane is content", () -> lan.plane(node).repair().problems().isEmpty());
    }

    private static Set<String> without(String node) {
        return ALL.stream().filter(n -> !n.equals(node)).collect(Collectors.toSet());
    }
}
