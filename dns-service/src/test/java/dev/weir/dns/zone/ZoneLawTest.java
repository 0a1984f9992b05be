package dev.weir.dns.zone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.MapDelta;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A zone is what there is, however it came about. */
class ZoneLawTest {
    private static final int REVISION = 1_000_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anyCutAndOrderOfTheSameChangesGivesTheSameZone(long seed) {
        Random random = new Random(seed);
        List<DnsService> services = services(random, 60);
        String[] namespaces = {"prod", "other", "third"};
        Zone atOnce = empty().apply(SampleZone.puts(services, namespaces), REVISION);

        Zone bitByBit = inPieces(random, services, List.of(namespaces));

        assertThat(bitByBit).as("seed %d", seed).isEqualTo(atOnce);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatWasPutAndRemovedLeavesNothing(long seed) {
        Random random = new Random(seed);
        Zone before = empty().apply(SampleZone.puts(services(random, 20), "prod"), REVISION);
        List<DnsService> passing = services(random, 60).subList(20, 60);
        Set<Key> gone = new HashSet<>();
        passing.forEach(service -> gone.add(service.key()));

        Zone after =
                before.apply(SampleZone.puts(passing, "fleeting"), REVISION + 1)
                        .apply(
                                new ZoneDelta(
                                        new MapDelta<>(Map.of(), gone),
                                        Set.of(),
                                        Set.of("fleeting")),
                                REVISION);

        assertThat(after).as("seed %d", seed).isEqualTo(before);
    }

    @Test
    void aServiceWithoutItsNamespaceStillResolves() {
        ZoneDelta early = SampleZone.puts(SampleZone.SERVICES);

        Zone zone = empty().apply(early, REVISION);
        Zone caughtUp = zone.apply(SampleZone.puts(List.of(), "prod", "bleak"), REVISION);

        assertThat(caughtUp)
                .isEqualTo(
                        empty().apply(
                                        SampleZone.puts(SampleZone.SERVICES, "prod", "bleak"),
                                        REVISION));
    }

    @Test
    void removingWhatIsNotThereChangesNothing() {
        Zone zone = SampleZone.zone();
        Key absent = new Key("Service", "nowhere", "nothing");

        Zone after =
                zone.apply(
                        new ZoneDelta(
                                new MapDelta<>(Map.of(), Set.of(absent)),
                                Set.of("prod"),
                                Set.of("nowhere")),
                        zone.serial());

        assertThat(after).isEqualTo(zone);
    }

    /** Old versions first, then the wanted ones, in random portions; some things twice. */
    private static Zone inPieces(Random random, List<DnsService> wanted, List<String> namespaces) {
        List<ZoneDelta> pieces = new ArrayList<>();
        services(random, wanted.size() + 20)
                .forEach(old -> pieces.add(SampleZone.puts(List.of(old), "passing")));
        Collections.shuffle(pieces, random);
        List<ZoneDelta> last = new ArrayList<>();
        last.add(removal("passing", wanted.size(), wanted.size() + 20));
        namespaces.forEach(namespace -> last.add(SampleZone.puts(List.of(), namespace)));
        List<DnsService> left = new ArrayList<>(wanted);
        Collections.shuffle(left, random);
        while (!left.isEmpty()) {
            int cut = 1 + random.nextInt(Math.min(7, left.size()));
            last.add(SampleZone.puts(left.subList(0, cut)));
            last.add(SampleZone.puts(List.of(left.getFirst())));
            left = new ArrayList<>(left.subList(cut, left.size()));
        }
        Collections.shuffle(last, random);
        pieces.addAll(last);
        Zone zone = empty();
        for (ZoneDelta piece : pieces) {
            zone = zone.apply(piece, REVISION);
        }
        return zone;
    }

    private static ZoneDelta removal(String namespace, int from, int to) {
        Map<Key, DnsService> none = new HashMap<>();
        Set<Key> keys = new HashSet<>();
        IntStream.range(from, to).forEach(i -> keys.add(new Key("Service", "prod", "s" + i)));
        return new ZoneDelta(new MapDelta<>(none, keys), Set.of(), Set.of(namespace));
    }

    /** s0, s1 and so on, of any kind; few addresses and names, so that they collide. */
    private static List<DnsService> services(Random random, int count) {
        return IntStream.range(0, count).mapToObj(i -> service(random, "s" + i)).toList();
    }

    private static DnsService service(Random random, String name) {
        return switch (random.nextInt(4)) {
            case 0 ->
                    SampleZone.cluster(name, List.of(address(random)), SampleZone.tcp("http", 80));
            case 1 -> SampleZone.external(name, random.nextBoolean() ? "example.com" : null);
            default ->
                    SampleZone.headless(
                            name,
                            IntStream.range(0, random.nextInt(5))
                                    .mapToObj(i -> endpoint(random))
                                    .toArray(DnsEndpoint[]::new));
        };
    }

    private static DnsEndpoint endpoint(Random random) {
        return SampleZone.endpoint(
                random.nextBoolean() ? "h" + random.nextInt(3) : null,
                address(random),
                random.nextInt(4) > 0,
                SampleZone.udp(random.nextBoolean() ? "p" : "q", 1 + random.nextInt(2)));
    }

    private static String address(Random random) {
        return (random.nextBoolean() ? "10.244.0." : "fd00:10:244::") + (1 + random.nextInt(9));
    }

    private static Zone empty() {
        return Zone.empty(SampleZone.SETTINGS);
    }
}
