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
import java.util.TreeSet;
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
        Map<IpAddress, Set<String>> announcements = new HashMap<>();
        ADDRESSES.forEach(address -> announcements.put(address, nodes));
        return Images.announcing(announcements);
    }

    private void tell(String node, NodeImage image) {
        assertThat(lan.plane(node).apply(image, NodeDelta.between(NodeImage.EMPTY, image)))
                .satisfies(outcome -> assertThat(outcome.problems()).isEmpty());
    }

    private void startAll(NodeImage image) throws Exception {
        for (String node : Lan.NODES) {
            lan.start(node);
            tell(node, image);
        }
        awaitOwners(ALL);
    }

    private static String owner(IpAddress address, Set<String> alive) {
        return Rendezvous.owner(address, ALL, alive::contains).orElseThrow();
    }

    private Map<IpAddress, Set<String>> answers() throws Exception {
        return lan.whoHas(ADDRESSES);
    }

    private static Map<IpAddress, Set<String>> owners(Set<String> alive) {
        return ADDRESSES.stream().collect(Collectors.toMap(a -> a, a -> Set.of(owner(a, alive))));
    }

    private void awaitOwners(Set<String> alive) throws Exception {
        await(
                "each address is answered for by its own of " + alive,
                () -> owners(alive).equals(answers()));
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

    private static Map<IpAddress, String> neighbours(Set<String> alive) {
        return ADDRESSES.stream().collect(Collectors.toMap(a -> a, a -> owner(a, alive)));
    }

    @Test
    void oneNodeAnswersForAnAddressAndTheClientFindsIt() throws Exception {
        startAll(eligible(ALL));

        talkToAll();

        assertThat(neighbours()).isEqualTo(neighbours(ALL));
        assertThat(Set.copyOf(neighbours().values()))
                .as("nodes with something to do")
                .hasSizeGreaterThan(1);
    }

    @Test
    void whenANodeLosesPowerTheClientIsToldWhereItsAddressesAreNow() throws Exception {
        startAll(eligible(ALL));
        talkToAll();
        String dead = owner(ADDRESSES.getFirst(), ALL);
        Set<String> alive = without(dead);

        lan.unplug(dead);
        long took = await("the addresses moved", () -> neighbours().equals(neighbours(alive)));

        System.out.println("a node lost power: its addresses moved within " + took + " ms");
        assertThat(answers()).as("and no others").isEqualTo(owners(alive));
    }

    @Test
    void whenAnAgentEndsAnotherNodeAnswersAndWhenItIsBackItDoesAgain() throws Exception {
        NodeImage image = eligible(ALL);
        startAll(image);
        talkToAll();
        String ended = owner(ADDRESSES.getFirst(), ALL);
        Set<String> alive = without(ended);

        lan.plane(ended).close();
        long away = await("the addresses moved", () -> neighbours().equals(neighbours(alive)));
        lan.start(ended);
        tell(ended, image);
        long back = await("they came back", () -> neighbours().equals(neighbours(ALL)));

        System.out.println(
                "an agent ended: moved within " + away + " ms, back within " + back + " ms");
        assertThat(answers()).isEqualTo(owners(ALL));
    }

    @Test
    void neverDoTwoNodesAnswerWhileAnAgentStarts() throws Exception {
        NodeImage image = eligible(ALL);
        String late = owner(ADDRESSES.getFirst(), ALL);
        for (String node : without(late)) {
            lan.start(node);
            tell(node, image);
        }
        awaitOwners(without(late));

        lan.start(late);
        tell(late, image);

        Set<Integer> counts = new TreeSet<>();
        await(
                "the late one answers for its own",
                () -> {
                    Map<IpAddress, Set<String>> found = answers();
                    found.values().forEach(nodes -> counts.add(nodes.size()));
                    return found.equals(owners(ALL));
                });
        assertThat(counts).as("answers to one question").allMatch(count -> count <= 1);
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
