package dev.weir.endpoint.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.Service;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {

    private static SortedMap<String, Integer> shares(String text) {
        TreeMap<String, Integer> shares = new TreeMap<>();
        for (String pair : text.split(" ")) {
            shares.put(pair.substring(0, 1), Integer.parseInt(pair.substring(1)));
        }
        return shares;
    }

    private static Endpoint endpoint(String zone, boolean ready) {
        Endpoint.Builder endpoint =
                Endpoint.newBuilder()
                        .setConditions(EndpointConditions.newBuilder().setReady(ready));
        return zone.isEmpty() ? endpoint.build() : endpoint.setZone(zone).build();
    }

    /** Named by their order: {@code "a a b"} are 0 and 1 in zone a, 2 in zone b. */
    private static SortedMap<String, Endpoint> endpoints(String zones) {
        TreeMap<String, Endpoint> endpoints = new TreeMap<>();
        for (String zone : zones.split(" ")) {
            endpoints.put(Integer.toString(endpoints.size()), endpoint(zone, true));
        }
        return endpoints;
    }

    /** weights of the zones, endpoints, how many each zone gets */
    @ParameterizedTest
    @CsvSource({
        "a1 b1, 2, {a=1; b=1}",
        "a1 b1, 3, {}",
        "a1 b1, 4, {a=2; b=2}",
        "a1 b1, 5, {}",
        "a1 b1, 11, {a=6; b=5}",
        "a2 b1, 3, {a=2; b=1}",
        "a1 b1 c1, 2, {}",
        "a1 b1 c1, 3, {a=1; b=1; c=1}",
        "a9 b1, 2, {}",
        "a9 b1, 6, {a=5; b=1}",
        "a1 b1, 0, {}",
    })
    void everyZoneGetsItsShareUnlessOneWouldBeOverloaded(
            String weights, int count, String numbers) {
        assertThat(Proportion.numbers(count, shares(weights)).toString().replace(',', ';'))
                .isEqualTo(numbers);
    }

    /** zones of the endpoints, what they are for */
    @ParameterizedTest
    @CsvSource({
        "a b, {0=a; 1=b}",
        "a a, {0=a; 1=b}",
        "b b, {0=b; 1=a}",
        "a b b b, {0=a; 1=b; 2=b; 3=a}",
        "a c c b, {0=a; 1=a; 2=b; 3=b}",
    })
    void endpointsAreForTheirOwnZoneFirst(String zones, String expected) {
        Map<String, String> found =
                new TreeMap<>(Proportion.zones(endpoints(zones), shares("a1 b1")));

        assertThat(found.toString().replace(',', ';')).isEqualTo(expected);
    }

    @Test
    void nothingIsSaidWithoutAWayToShare() {
        SortedMap<String, Endpoint> unplaced = endpoints("a b");
        unplaced.put("2", endpoint("", true));
        SortedMap<String, Endpoint> notReady = endpoints("a b");
        notReady.put("2", endpoint("", false));

        assertThat(Proportion.zones(endpoints("a b"), shares("a2"))).as("one zone").isEmpty();
        assertThat(Proportion.zones(endpoints("a b"), new TreeMap<>())).as("none").isEmpty();
        assertThat(Proportion.zones(unplaced, shares("a1 b1"))).as("somewhere").isEmpty();
        assertThat(Proportion.zones(notReady, shares("a1 b1"))).containsOnlyKeys("0", "1");
    }

    @RepeatedTest(200)
    void noEndpointIsExpectedToCarryMuchMoreThanTheMean(RepetitionInfo repetition) {
        long seed = 900 + repetition.getCurrentRepetition();
        Random random = new Random(seed);
        TreeMap<String, Integer> shares = new TreeMap<>();
        for (int zone = 0; zone < 2 + random.nextInt(4); zone++) {
            shares.put("z" + zone, 1 + random.nextInt(20));
        }
        TreeMap<String, Endpoint> endpoints = new TreeMap<>();
        int count = random.nextInt(120);
        for (int i = 0; i < count; i++) {
            endpoints.put("p" + i, endpoint("z" + random.nextInt(6), true));
        }

        Map<String, String> zones = Proportion.zones(endpoints, shares);

        int all = shares.values().stream().mapToInt(share -> share).sum();
        Map<String, Long> numbers =
                zones.values().stream()
                        .collect(Collectors.groupingBy(zone -> zone, Collectors.counting()));
        if (zones.isEmpty()) {
            assertThat(Proportion.numbers(count, shares)).as("seed %d", seed).isEmpty();
            return;
        }
        assertThat(zones.keySet()).as("seed %d", seed).isEqualTo(endpoints.keySet());
        shares.forEach(
                (zone, share) -> {
                    double load = (double) share / all * count / numbers.getOrDefault(zone, 0L);
                    assertThat(load).as("seed %d, %s", seed, zone).isLessThanOrEqualTo(1.2001);
                    long own = count(endpoints, zones, zone, true);
                    long foreign = count(endpoints, zones, zone, false);
                    long given =
                            endpoints.entrySet().stream()
                                    .filter(e -> e.getValue().getZone().equals(zone))
                                    .filter(e -> !zone.equals(zones.get(e.getKey())))
                                    .count();
                    assertThat(foreign == 0 || given == 0)
                            .as(
                                    "seed %d: %s keeps %d, gets %d, gives %d",
                                    seed, zone, own, foreign, given)
                            .isTrue();
                });
    }

    private static long count(
            Map<String, Endpoint> endpoints, Map<String, String> zones, String zone, boolean own) {
        return endpoints.entrySet().stream()
                .filter(e -> zone.equals(zones.get(e.getKey())))
                .filter(e -> e.getValue().getZone().equals(zone) == own)
                .count();
    }

    /** The two annotations, trafficDistribution, whose hints there are */
    @ParameterizedTest
    @CsvSource({
        "Auto, , , proportional",
        "auto, , , proportional",
        ", Auto, , proportional",
        ", auto, PreferSameZone, proportional",
        "Auto, , PreferSameZone, proportional",
        "Auto, Disabled, PreferSameZone, own",
        "Disabled, Auto, , proportional",
        "Disabled, , PreferSameZone, own",
        "example.com/other, , , none",
        ", , , none",
    })
    void theAnnotationComesBeforeTheDistribution(
            @Nullable String mode, @Nullable String old, @Nullable String wish, String expected) {
        Service.Builder service = Sample.service("web");
        var metadata = service.getMetadataBuilder();
        if (mode != null) {
            metadata.putAnnotations("service.kubernetes.io/topology-mode", mode);
        }
        if (old != null) {
            metadata.putAnnotations("service.kubernetes.io/topology-aware-hints", old);
        }
        if (wish != null) {
            service.getSpecBuilder().setTrafficDistribution(wish);
        }

        String hints =
                Hints.add(service.build(), endpoints("a a"), shares("a1 b1")).values().stream()
                        .flatMap(endpoint -> endpoint.getHints().getForZonesList().stream())
                        .map(zone -> zone.getName())
                        .collect(Collectors.joining(" "));

        assertThat(hints)
                .isEqualTo(
                        switch (expected) {
                            case "proportional" -> "a b";
                            case "own" -> "a a";
                            default -> "";
                        });
    }
}
