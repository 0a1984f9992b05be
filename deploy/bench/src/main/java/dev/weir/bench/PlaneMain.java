package dev.weir.bench;

import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DataPlaneProvider;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Frontier;
import dev.weir.changes.MapDelta;
import dev.weir.model.Backends;
import dev.weir.model.Filter;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.LocalPod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * A process with the nft plane, in the namespace it was started in: the real one, found as the
 * agent finds it, without the rest of an agent. Obeys lines and answers each with one; a failure
 * ends it.
 *
 * <p>{@code load FAMILY SIZE} answers with user, system and wall seconds. {@code change FIRST COUNT
 * TIMES} makes changes of so many endpoints at once, so many times, and answers with the medians of
 * the thread's CPU and of the wall, in milliseconds. {@code pod ADDRESS...} says who is real.
 */
final class PlaneMain {
    private static final NodeSettings SETTINGS =
            new NodeSettings(
                    "bench",
                    Arrays.stream(Family.values()).map(Family::node).toList(),
                    Arrays.stream(Family.values()).map(Family::pods).toList(),
                    Arrays.stream(Family.values()).map(Family::services).toList());

    private final DataPlane plane;
    private ServiceSet services = new ServiceSet(Family.IPV4, new Size(1, 1));
    private NodeImage image = NodeImage.EMPTY;

    private PlaneMain(DataPlane plane) {
        this.plane = plane;
    }

    public static void main(String[] arguments) throws IOException {
        DataPlaneProvider provider =
                ServiceLoader.load(DataPlaneProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(found -> found.name().equals("nft"))
                        .findFirst()
                        .orElseThrow();
        try (DataPlane plane = provider.open(SETTINGS);
                BufferedReader orders =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            PlaneMain main = new PlaneMain(plane);
            String order;
            while ((order = orders.readLine()) != null) {
                System.out.println(main.obey(order.split(" ")));
                System.out.flush();
            }
        }
    }

    private String obey(String[] words) throws IOException {
        return switch (words[0]) {
            case "load" -> load(ServiceSet.parse(words[1], words[2]));
            case "change" ->
                    change(
                            Integer.parseInt(words[1]),
                            Integer.parseInt(words[2]),
                            Integer.parseInt(words[3]));
            case "pod" -> pod(Arrays.stream(words).skip(1).map(IpAddress::of).toList());
            case "used" -> Cost.of("self").toString();
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private String load(ServiceSet wanted) throws IOException {
        services = wanted;
        Map<Frontend, Backends> all = services.all();
        NodeImage next = with(HashTreePMap.from(all), image.pods());
        Cost before = Cost.of("self");
        carry(next, NodeDelta.between(image, next));
        return Cost.of("self").since(before).toString();
    }

    private String pod(List<IpAddress> addresses) {
        Key key = new Key("Pod", Manifest.NAMESPACE, "client");
        LocalPod pod = new LocalPod(key, addresses, Filter.OPEN, Filter.OPEN);
        NodeImage next = with(image.services(), HashTreePMap.singleton(key, pod));
        carry(next, NodeDelta.between(image, next));
        return "done";
    }

    private String change(int first, int count, int times) {
        double[] cpu = new double[times];
        double[] wall = new double[times];
        for (int i = 0; i < times; i++) {
            Map<Frontend, Backends> puts = new HashMap<>();
            for (int n = first + i * count; n < first + (i + 1) * count; n++) {
                int service = services.changed(n);
                puts.put(
                        services.frontend(service),
                        ServiceSet.backends(service, services.endpointsAfter(n)));
            }
            long start = System.nanoTime();
            long thread = threadNanos();
            apply(puts);
            cpu[i] = (threadNanos() - thread) / 1e6;
            wall[i] = (System.nanoTime() - start) / 1e6;
        }
        return Quantile.of(cpu, 0.5) + " " + Quantile.of(wall, 0.5);
    }

    private static long threadNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void apply(Map<Frontend, Backends> puts) {
        carry(
                with(image.services().plusAll(puts), image.pods()),
                new NodeDelta(
                        MapDelta.none(),
                        new MapDelta<>(puts, Set.of()),
                        MapDelta.none(),
                        MapDelta.none(),
                        MapDelta.none(),
                        MapDelta.none()));
    }

    private void carry(NodeImage next, NodeDelta delta) {
        Outcome outcome = plane.apply(next, delta);
        if (!outcome.problems().isEmpty()) {
            throw new IllegalStateException(outcome.problems().toString());
        }
        image = next;
    }

    private static NodeImage with(PMap<Frontend, Backends> services, PMap<Key, LocalPod> pods) {
        return new NodeImage(
                Frontier.EMPTY,
                Map.of(),
                HashTreePMap.empty(),
                services,
                pods,
                HashTreePMap.empty());
    }
}
