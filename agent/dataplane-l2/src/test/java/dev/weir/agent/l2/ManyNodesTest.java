package dev.weir.agent.l2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.l2.wire.Holdings;
import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Whole links by a clock of our own, with whatever can happen to nodes: they end, start, sleep, are
 * cut off from the others, and hear late of what they shall announce.
 */
class ManyNodesTest {
    private static final Timing TIMING = Timing.DEFAULT;
    private static final int NODES = 5;
    private static final long MAX_DELAY = 5;

    /** Until two that hear each other have, whatever was before. */
    private static final long OVERLAP = TIMING.heartbeat() + TIMING.tick() + MAX_DELAY;

    /** Until all is as if nothing had happened. */
    private static final long CALM = 2 * TIMING.silence() + TIMING.settle() + TIMING.heartbeat();

    /** How long an agent may be away, milliseconds. */
    private static final long BACK_AT_ONCE = 480;

    private record Arrival(long at, String to, IpAddress from, Set<IpAddress> owns) {}

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Map<String, Standing> nodes = new TreeMap<>();
    private final Map<String, Long> asleep = new HashMap<>();
    private final Set<String> cut = new HashSet<>();
    private final Map<IpAddress, String> names = new HashMap<>();
    private final Map<IpAddress, Set<String>> eligible = new TreeMap<>();
    private final Map<IpAddress, Long> twofold = new HashMap<>();
    private final PriorityQueue<Arrival> link =
            new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
    private long now = random.nextInt();

    /** What comes after the heartbeats proper gets lost on this link. */
    private boolean mute;

    private static Optional<Holdings> told(Set<IpAddress> owned) {
        return Optional.of(new Holdings(0, true, owned));
    }

    private static IpAddress address(String node) {
        return IpAddress.of("192.0.2.0").plus(Integer.parseInt(node.substring(1)));
    }

    private List<String> all() {
        return names.values().stream().sorted().toList();
    }

    private Announcements wanted() {
        return new Announcements(eligible, names);
    }

    private void start(String node) {
        nodes.put(node, Standing.start(node, TIMING, now));
        apply(node, new Event.Wanted(wanted()));
    }

    private void apply(String node, Event event) {
        Step step = nodes.get(node).step(event, now);
        nodes.put(node, step.next());
        step.say().stream()
                .filter(Say.Alive.class::isInstance)
                .map(Say.Alive.class::cast)
                .filter(alive -> !cut.contains(node))
                .forEach(alive -> send(node, alive.owned()));
    }

    private void send(String from, Set<IpAddress> owned) {
        nodes.keySet().stream()
                .filter(other -> !other.equals(from) && !cut.contains(other))
                .forEach(
                        other ->
                                link.add(
                                        new Arrival(
                                                now + random.nextLong(MAX_DELAY),
                                                other,
                                                address(from),
                                                owned)));
    }

    private void pass(long millis) {
        for (long end = now + millis; now < end; now++) {
            for (String node : List.copyOf(nodes.keySet())) {
                boolean awake = asleep.getOrDefault(node, Long.MIN_VALUE) <= now;
                if (awake && now - nodes.get(node).tick() >= TIMING.tick()) {
                    apply(node, new Event.Tick());
                }
            }
            while (!link.isEmpty() && link.peek().at() <= now) {
                Arrival arrival = link.poll();
                if (nodes.containsKey(arrival.to())
                        && asleep.getOrDefault(arrival.to(), Long.MIN_VALUE) <= now) {
                    apply(
                            arrival.to(),
                            new Event.Heard(
                                    arrival.from(),
                                    mute ? Optional.empty() : told(arrival.owns())));
                }
            }
            noticeTwofold();
        }
    }

    /** Nobody who sleeps or is cut off can answer those whom the others answer. */
    private Set<String> owners(IpAddress address) {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue().owned().containsKey(address))
                .map(Map.Entry::getKey)
                .filter(node -> !cut.contains(node))
                .filter(node -> asleep.getOrDefault(node, Long.MIN_VALUE) <= now)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void noticeTwofold() {
        for (IpAddress address : eligible.keySet()) {
            if (owners(address).size() < 2) {
                twofold.remove(address);
            } else {
                long since = twofold.computeIfAbsent(address, a -> now);
                assertThat(now - since)
                        .as("seed %d: two answer for %s: %s", seed, address, owners(address))
                        .isLessThanOrEqualTo(OVERLAP);
            }
        }
    }

    private void happen() {
        String node = all().get(random.nextInt(NODES));
        switch (random.nextInt(6)) {
            case 0 -> nodes.remove(node);
            case 1 -> start(node);
            case 2 -> asleep.put(node, now + random.nextInt(3_000));
            case 3 -> cut.add(node);
            case 4 -> cut.remove(node);
            default -> {
                IpAddress address = IpAddress.of("192.0.2.200").plus(random.nextInt(8));
                eligible.put(
                        address,
                        all().stream()
                                .filter(name -> random.nextInt(3) > 0)
                                .collect(Collectors.toSet()));
                eligible.values().removeIf(Set::isEmpty);
                twofold.clear();
                tellAll();
            }
        }
    }

    /** One after the other, as the cluster's state reaches them. */
    private void tellAll() {
        List<String> order = new ArrayList<>(nodes.keySet());
        Collections.shuffle(order, random);
        for (String node : order) {
            apply(node, new Event.Wanted(wanted()));
            pass(random.nextInt(20));
        }
    }

    @RepeatedTest(5)
    void anAgentThatIsBackAtOnceIsMissedByNobody() {
        connect();
        IpAddress address = IpAddress.of("192.0.2.200");
        eligible.put(address, Set.copyOf(all()));
        all().forEach(this::start);
        pass(CALM + random.nextInt(1_000));
        String owner = owners(address).iterator().next();

        nodes.remove(owner);
        pass(BACK_AT_ONCE);
        start(owner);

        for (long end = now + CALM; now < end; ) {
            pass(1);
            Set<String> others = new TreeSet<>(owners(address));
            others.remove(owner);
            assertThat(others).as("seed %d", seed).isEmpty();
        }
        assertThat(owners(address)).as("seed %d", seed).containsExactly(owner);
    }

    private Map<IpAddress, Set<String>> owners() {
        return eligible.keySet().stream().collect(Collectors.toMap(a -> a, this::owners));
    }

    /** Each node is away in turn, for long enough that its addresses have moved. */
    @RepeatedTest(5)
    void aReturnMovesNothing() {
        connect();
        for (int i = 0; i < 16; i++) {
            eligible.put(IpAddress.of("192.0.2.200").plus(i), Set.copyOf(all()));
        }
        all().forEach(this::start);
        pass(CALM);
        assertThat(Set.copyOf(owners().values())).as("all share at first").hasSizeGreaterThan(1);

        for (String node : all()) {
            nodes.remove(node);
            pass(TIMING.silence() + TIMING.tick() + MAX_DELAY + random.nextInt(2_000));
            Map<IpAddress, Set<String>> before = owners();
            assertThat(before.values())
                    .as("seed %d: moved after %s", seed, node)
                    .allMatch(owners -> owners.size() == 1 && !owners.contains(node));
            start(node);

            for (long end = now + CALM; now < end; ) {
                pass(1);
                assertThat(owners()).as("seed %d: %s is back", seed, node).isEqualTo(before);
            }
        }
    }

    private void connect() {
        for (int i = 1; i <= NODES; i++) {
            names.put(address("n" + i), "n" + i);
        }
    }

    /** Many things, one after the other; then all that live hear each other for long enough. */
    private void storm() {
        connect();
        for (int i = 0; i < 15; i++) {
            happen();
            pass(random.nextInt(2_000));
        }
        cut.clear();
        asleep.clear();
        pass(CALM);
    }

    @RepeatedTest(20)
    void whateverHappensThereIsOneInTheEndAndTwoNeverForLong() {
        storm();

        for (IpAddress address : eligible.keySet()) {
            boolean any = eligible.get(address).stream().anyMatch(nodes::containsKey);
            assertThat(owners(address))
                    .as("seed %d: %s", seed, address)
                    .hasSize(any ? 1 : 0)
                    .isSubsetOf(eligible.get(address));
        }
    }

    @RepeatedTest(5)
    void whereNobodyCanSayWhatItOwnsTheScoreDecides() {
        mute = true;
        storm();

        for (IpAddress address : eligible.keySet()) {
            assertThat(owners(address))
                    .as("seed %d: %s", seed, address)
                    .isEqualTo(
                            Rendezvous.highest(address, eligible.get(address), nodes::containsKey)
                                    .stream()
                                    .collect(Collectors.toSet()));
        }
    }
}
