package dev.weir.endpoint.allocate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Cluster IPs of several ranges. */
class RangesTest {
    private static final AddressRange OWN = range("10.96.0.0/28");
    private static final AddressRange MORE = range("10.97.0.0/28");

    private static AddressRange range(String text) {
        return new AddressRange(Cidr.of(text));
    }

    private static Key key(String name) {
        return Kinds.SERVICE.key("default", name);
    }

    private static Service service(String name, IpAddress address) {
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName(name))
                .setSpec(ServiceSpec.newBuilder().addClusterIps(address.toString()))
                .build();
    }

    private static ClusterIps with(ClusterIps addresses, String name, IpAddress address) {
        return addresses.after(Optional.empty(), Optional.of(service(name, address)));
    }

    @Test
    void theNextRangeIsUsedWhenTheOnesBeforeAreFull() {
        ClusterIps addresses =
                ClusterIps.empty(List.of(OWN))
                        .in(new Ranges(List.of(OWN), List.of(OWN, MORE), List.of()));
        List<IpAddress> given = new ArrayList<>();
        for (int i = 0; i < OWN.size() + MORE.size() - 1; i++) {
            IpAddress next = addresses.choose(false, key("s" + i)).orElseThrow();
            given.add(next);
            addresses = with(addresses, "s" + i, next);
        }

        assertThat(given).doesNotHaveDuplicates();
        assertThat(given.subList(0, 13)).allMatch(OWN.cidr()::contains).doesNotContain(OWN.dns());
        assertThat(given.subList(13, 27)).allMatch(MORE.cidr()::contains).contains(MORE.dns());
        assertThat(addresses.choose(false, key("last"))).isEmpty();
        assertThat(addresses.choose(false, ClusterIps.DNS_SERVICE)).contains(OWN.dns());
    }

    @Test
    void aRangeThatClosesGivesNothingAndIsNotNamed() {
        ClusterIps addresses =
                ClusterIps.empty(List.of(OWN))
                        .in(new Ranges(List.of(OWN), List.of(OWN), List.of(MORE)));

        assertThat(addresses.refusal(IpAddress.of("10.97.0.3"), key("a")))
                .contains(
                        "provided IP is not in the valid range. The range of valid IPs is"
                                + " 10.96.0.0/28");
    }

    @Test
    void allRangesOfTheFamilyAreNamed() {
        AddressRange v6 = range("fd00::/112");
        ClusterIps addresses =
                ClusterIps.empty(List.of(OWN, v6))
                        .in(new Ranges(List.of(OWN, v6), List.of(OWN, v6, MORE), List.of()));

        assertThat(addresses.refusal(IpAddress.of("10.98.0.3"), key("a")))
                .hasValueSatisfying(
                        text -> assertThat(text).endsWith("is 10.96.0.0/28, 10.97.0.0/28"));
        assertThat(addresses.refusal(IpAddress.of("10.97.0.3"), key("a"))).isEmpty();
    }

    /** Few, of which some are inside of others. */
    private static final List<AddressRange> SOME =
            Stream.of(
                            "10.97.0.0/26",
                            "10.97.0.0/28",
                            "10.97.0.16/28",
                            "10.97.0.16/30",
                            "10.98.0.0/29",
                            "10.96.0.0/27")
                    .map(RangesTest::range)
                    .toList();

    private static long boundByHand(AddressRange closing, Ranges ranges, Set<IpAddress> taken) {
        return taken.stream()
                .filter(closing::assignable)
                .filter(address -> ranges.open().stream().noneMatch(r -> r.assignable(address)))
                .count();
    }

    @Test
    void whatIsBoundIsWhatAServiceHasInNoOtherRange() {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            ClusterIps addresses = ClusterIps.empty(List.of(OWN));
            Map<String, Service> live = new HashMap<>();
            Set<IpAddress> taken = new HashSet<>();
            for (int step = 0; step < 200; step++) {
                String name = "s" + random.nextInt(60);
                Service before = live.remove(name);
                if (random.nextInt(8) == 0) {
                    List<AddressRange> open = new ArrayList<>(List.of(OWN));
                    List<AddressRange> closing = new ArrayList<>();
                    for (AddressRange range : SOME) {
                        switch (random.nextInt(3)) {
                            case 0 -> open.add(range);
                            case 1 -> closing.add(range);
                            default -> {}
                        }
                    }
                    addresses = addresses.in(new Ranges(List.of(OWN), open, closing));
                }
                Optional<IpAddress> next = addresses.choose(false, key(name));
                Optional<Service> now = next.map(address -> service(name, address));
                addresses = addresses.after(Optional.ofNullable(before), now);
                now.ifPresent(service -> live.put(name, service));
                taken.clear();
                live.values()
                        .forEach(one -> taken.add(IpAddress.of(one.getSpec().getClusterIps(0))));
                for (AddressRange closing : addresses.ranges().closing()) {
                    assertThat(addresses.bound(closing))
                            .as("%s of %s, seed %d", closing, addresses.ranges(), seed)
                            .isEqualTo(boundByHand(closing, addresses.ranges(), taken));
                }
            }
        }
    }
}
