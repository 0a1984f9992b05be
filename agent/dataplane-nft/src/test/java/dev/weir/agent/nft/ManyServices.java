package dev.weir.agent.nft;

import static dev.weir.agent.nft.Images.frontend;
import static dev.weir.agent.nft.Lab.Place.NODE;

import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Protocol;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a change costs among 1,000 and among 10,000 Services: prints CPU, the kernel's too. */
final class ManyServices {
    private static final int ENDPOINTS = 10;
    private static final int CHANGES = 300;

    private ManyServices() {}

    public static void main(String[] args) throws Exception {
        for (int services : List.of(1_000, 10_000, 1_000, 10_000)) {
            try (Lab lab = Lab.create();
                    NftDataPlane plane =
                            NftDataPlaneProvider.open(Images.SETTINGS, lab.namespace(NODE))) {
                measure(services, new Images(), plane);
            }
        }
    }

    private static void measure(int services, Images images, NftDataPlane plane) {
        Map<Frontend, Backends> many = new HashMap<>();
        for (int i = 0; i < services; i++) {
            Key key = new Key("Service", "default", "many" + i);
            IpAddress address = IpAddress.of("10.96.100.0").plus(i);
            many.put(
                    frontend(address, Protocol.TCP, 80),
                    new Backends(key, List.of(endpoints(IpAddress.of("10.1.100.0").plus(i), 0))));
        }
        images.services(many).applyTo(plane);
        long load = images.lastCpuNanos();
        Frontend one = frontend(IpAddress.of("10.96.100.7"), Protocol.TCP, 80);
        IpAddress pod = IpAddress.of("10.1.9.9");
        long[] replaced = new long[CHANGES];
        long[] fewer = new long[CHANGES];
        for (int i = 0; i < CHANGES; i++) {
            images.service(one, endpoints(pod, 2 * i)).applyTo(plane);
            images.service(one, endpoints(pod, 2 * i + 1)).applyTo(plane);
            replaced[i] = images.lastCpuNanos();
            Backend[] nine = Arrays.copyOf(endpoints(pod, 2 * i + 1), ENDPOINTS - 1);
            images.service(one, nine).applyTo(plane);
            fewer[i] = images.lastCpuNanos();
        }
        System.out.printf(
                "%d x %d: load %d ms, one endpoint replaced %.2f ms, one fewer %.2f ms (medians)%n",
                services, ENDPOINTS, load / 1_000_000, median(replaced), median(fewer));
    }

    /** The first differs in each generation. */
    private static Backend[] endpoints(IpAddress pod, int generation) {
        return IntStream.range(0, ENDPOINTS)
                .mapToObj(i -> new Backend(pod, i == 0 ? 20_000 + generation : 8_000 + i, false))
                .toArray(Backend[]::new);
    }

    private static double median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2] / 1e6;
    }
}
