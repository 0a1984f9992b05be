package dev.weir.routing.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.routing.Cluster;
import dev.weir.routing.RandomRoutes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Laws of statuses, whatever the objects are and whatever proxies carry. */
class StatusLawsTest {
    private static final int CLUSTERS = 200;
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final List<LoadBalancerIngress> ADDRESSES =
            List.of(LoadBalancerIngress.newBuilder().setIp("192.0.2.1").build());

    private static Cluster with(Cluster cluster, List<Message> objects) {
        Cluster more = cluster;
        for (Message object : objects) {
            more = more.with(object);
        }
        return more;
    }

    private static Map<Key, Message> changes(Cluster cluster, Carried carried, Instant now) {
        return Statuses.of(
                cluster.image(Shards.CONTROL), cluster.compiled(), carried, ADDRESSES, now);
    }

    @Test
    void statusesAreAFixedPoint() {
        long start = new Random().nextLong();
        int written = 0;
        for (long seed = start; seed < start + CLUSTERS; seed++) {
            Random random = new Random(seed);
            RandomRoutes routes = new RandomRoutes(random);
            List<Message> objects = new ArrayList<>(routes.gateways());
            objects.addAll(routes.ingresses());
            Cluster cluster = with(Cluster.withClasses().services("a", "s0:80"), objects);
            // Statuses of another time, and then other objects under the same names.
            cluster = cluster.written(changes(cluster, carried(random, cluster), NOON));
            cluster = with(cluster, routes.gateways());
            Carried carried = carried(random, cluster);

            Map<Key, Message> changes = changes(cluster, carried, NOON.plusSeconds(1));
            Cluster settled = cluster.written(changes);
            written += changes.size();

            assertThat(changes(settled, carried, NOON.plusSeconds(2)))
                    .as("seed %d", seed)
                    .isEmpty();
            assertThat(settled.compiled()).as("seed %d", seed).isEqualTo(cluster.compiled());
        }
        assertThat(written).isGreaterThan(CLUSTERS);
    }

    private static Carried carried(Random random, Cluster cluster) {
        return random.nextInt(4) == 0
                ? Carried.NOTHING
                : new Carried(true, random.nextLong(cluster.revision() + 2));
    }
}
