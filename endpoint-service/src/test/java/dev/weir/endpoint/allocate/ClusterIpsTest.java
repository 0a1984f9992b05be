package dev.weir.endpoint.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterIpsTest {
    /** The bands of KEP-3070's own table. */
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/16,256",
        "10.0.0.0/20,255",
        "10.0.0.0/22,63",
        "10.0.0.0/26,16",
        "10.0.0.0/28,0",
        "fd00::/112,256"
    })
    void leavesABandToThoseWhoAsk(String range, long band) {
        assertThat(new AddressRange(Cidr.of(range)).band()).isEqualTo(band);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/29", "10.0.0.0/27", "10.0.0.0/24", "fd00::/125", "fd00::/120"})
    void givesEveryAddressOnceThenSaysFull(String text) {
        AddressRange range = new AddressRange(Cidr.of(text));
        ClusterIps addresses = ClusterIps.empty(List.of(range));
        List<IpAddress> given = new ArrayList<>();
        for (int i = 0; ; i++) {
            Optional<IpAddress> next = addresses.choose(range.cidr().v6(), key("s" + i));
            if (next.isEmpty()) {
                break;
            }
            given.add(next.get());
            addresses =
                    addresses.after(Optional.empty(), Optional.of(service("s" + i, next.get())));
        }

        boolean reserved = range.assignable(range.dns());
        assertThat(given).doesNotHaveDuplicates().hasSize((int) range.size() - (reserved ? 1 : 0));
        assertThat(given).allMatch(range::assignable).doesNotContain(range.dns());
        long upper = range.size() - range.band() - (reserved && range.band() < 10 ? 1 : 0);
        assertThat(given.subList(0, (int) upper))
                .allMatch(address -> address.compareTo(range.address(range.band())) >= 0);
    }

    @Test
    void neverGivesAnAddressTwiceAndReusesWhatIsReleased() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            AddressRange range =
                    new AddressRange(Cidr.of(seed % 2 == 0 ? "10.0.0.0/26" : "fd00::/122"));
            ClusterIps addresses = ClusterIps.empty(List.of(range));
            Map<String, Service> live = new HashMap<>();
            for (int step = 0; step < 400; step++) {
                String name = "s" + random.nextInt(80);
                Service now = live.get(name);
                if (now != null) {
                    addresses = addresses.after(Optional.of(now), Optional.empty());
                    live.remove(name);
                    continue;
                }
                Optional<IpAddress> chosen = addresses.choose(range.cidr().v6(), key(name));
                if (chosen.isEmpty()) {
                    assertThat(live).as("full, seed %d", seed).hasSize((int) range.size() - 1);
                    continue;
                }
                Service service = service(name, chosen.get());
                assertThat(live.values())
                        .as("seed %d, step %d", seed, step)
                        .noneMatch(other -> other.getSpec().equals(service.getSpec()));
                addresses = addresses.after(Optional.empty(), Optional.of(service));
                live.put(name, service);
            }
            ClusterIps rebuilt = ClusterIps.of(List.of(range), live.values().stream());
            for (long i = 0; i < range.size(); i++) {
                assertThat(addresses.owner(range.address(i)))
                        .as("seed %d", seed)
                        .isEqualTo(rebuilt.owner(range.address(i)));
            }
        }
    }

    @Test
    void answersRequestsInKubernetesWords() {
        AddressRange range = new AddressRange(Cidr.of("10.96.0.0/12"));
        ClusterIps addresses =
                ClusterIps.empty(List.of(range))
                        .after(
                                Optional.empty(),
                                Optional.of(service("a", IpAddress.of("10.96.0.9"))));
        String outside =
                "provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/12";

        assertThat(addresses.refusal(IpAddress.of("10.96.0.9"), key("b")))
                .contains("provided IP is already allocated");
        assertThat(addresses.refusal(IpAddress.of("10.96.0.9"), key("a"))).isEmpty();
        assertThat(addresses.refusal(IpAddress.of("10.96.0.10"), key("b")))
                .contains("provided IP is already allocated");
        assertThat(addresses.refusal(IpAddress.of("10.96.0.10"), ClusterIps.DNS_SERVICE)).isEmpty();
        assertThat(addresses.refusal(IpAddress.of("10.96.0.0"), key("b"))).contains(outside);
        assertThat(addresses.refusal(IpAddress.of("10.111.255.255"), key("b"))).contains(outside);
        assertThat(addresses.refusal(IpAddress.of("fd00::1"), key("b"))).contains(outside);
        assertThat(addresses.refusal(IpAddress.of("10.96.0.11"), key("b"))).isEmpty();
    }

    @Test
    void givesTheDnsServiceItsAddress() {
        AddressRange range = new AddressRange(Cidr.of("10.96.0.0/12"));

        assertThat(
                        ClusterIps.empty(List.of(range))
                                .choose(range.cidr().v6(), ClusterIps.DNS_SERVICE))
                .contains(IpAddress.of("10.96.0.10"));
    }

    @Test
    void findsARecreatedServiceItsOldAddress() {
        AddressRange range = new AddressRange(Cidr.of("10.96.0.0/12"));
        ClusterIps addresses = ClusterIps.empty(List.of(range));
        IpAddress first = addresses.choose(range.cidr().v6(), key("web")).orElseThrow();
        Service service = service("web", first);

        ClusterIps after =
                addresses
                        .after(Optional.empty(), Optional.of(service))
                        .after(Optional.of(service), Optional.empty());

        assertThat(after.choose(range.cidr().v6(), key("web"))).contains(first);
    }

    @Test
    void takesOneRangeForEachFamilyOfABoundedSize() {
        AddressRange a = new AddressRange(Cidr.of("10.0.0.0/24"));
        AddressRange b = new AddressRange(Cidr.of("10.0.1.0/24"));

        assertThatThrownBy(() -> ClusterIps.empty(List.of(a, b)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ClusterIps.empty(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AddressRange(Cidr.of("fd00::/64")))
                .isInstanceOf(IllegalArgumentException.class);
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
}
