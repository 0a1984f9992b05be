package dev.weir.routing.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import dev.weir.routing.Cluster;
import dev.weir.routing.Cluster.Asked;
import dev.weir.routing.RandomRoutes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Laws that hold whatever the objects are. */
class RoutingLawsTest {
    private static final int CLUSTERS = 400;
    private static final int REQUESTS = 40;

    private final Cluster base =
            Cluster.withClasses()
                    .services("a", "s0:80", "s1:80", "s2:80")
                    .services("b", "s0:80", "s1:80", "s2:80");
    private final long start = new Random().nextLong();

    private Cluster with(List<Message> objects) {
        Cluster cluster = base;
        for (Message object : objects) {
            cluster = cluster.with(object);
        }
        return cluster;
    }

    private static <T> List<T> only(Class<T> type, List<Message> objects) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Test
    void aTableOfIngressesAnswersAsTheirRulesSay() {
        Map<String, Integer> answers = new HashMap<>();
        for (long seed = start; seed < start + CLUSTERS; seed++) {
            RandomRoutes random = new RandomRoutes(new Random(seed));
            List<Message> objects = random.ingresses();
            Compiled compiled = with(objects).compiled();
            for (int i = 0; i < REQUESTS; i++) {
                String host = random.host();
                Asked request = random.request();

                String answer = Cluster.ask(compiled, 80, host, request);

                assertThat(answer)
                        .as("seed %d, host %s, %s", seed, host, request)
                        .isEqualTo(
                                Specification.ingress(only(Ingress.class, objects), host, request));
                answers.merge(answer, 1, Integer::sum);
            }
        }
        assertThat(answers).containsKeys("404", "503", "a/s0:80", "b/s2:80");
    }

    @Test
    void aTableOfGatewaysAnswersAsTheirRulesSay() {
        Map<String, Integer> answers = new HashMap<>();
        for (long seed = start; seed < start + CLUSTERS; seed++) {
            RandomRoutes random = new RandomRoutes(new Random(seed));
            List<Message> objects = random.gateways();
            Compiled compiled = with(objects).compiled();
            for (int i = 0; i < REQUESTS; i++) {
                String host = random.host();
                Asked request = random.request();

                String answer = Cluster.ask(compiled, 80, host, request);

                assertThat(answer)
                        .as("seed %d, host %s, %s", seed, host, request)
                        .isEqualTo(
                                Specification.gateways(
                                        only(Gateway.class, objects),
                                        only(HttpRoute.class, objects),
                                        host,
                                        request));
                answers.merge(answer, 1, Integer::sum);
            }
        }
        assertThat(answers).containsKeys("404", "500", "a/s0:80", "b/s2:80");
    }

    @Test
    void theOrderOfObjectsDoesNotMatter() {
        for (long seed = start; seed < start + CLUSTERS / 4; seed++) {
            Random order = new Random(seed);
            RandomRoutes random = new RandomRoutes(order);
            List<Message> objects = new ArrayList<>(random.gateways());
            objects.addAll(random.ingresses());
            // What has the same key must stay in order: the last one is the one that is there.
            List<Message> shuffled =
                    new ArrayList<>(
                            with(objects).objects().values().stream()
                                    .map(dev.weir.changes.Stored::value)
                                    .toList());
            Compiled compiled = with(shuffled).compiled();
            Collections.shuffle(shuffled, order);

            assertThat(with(shuffled).compiled()).as("seed %d", seed).isEqualTo(compiled);
        }
    }

    @Test
    void aCompilerThatIsUsedAgainAnswersAsANewOne() {
        for (long seed = start; seed < start + CLUSTERS / 4; seed++) {
            RandomRoutes random = new RandomRoutes(new Random(seed));
            Compile compile = new Compile();
            Cluster cluster = base;
            List<Message> objects = new ArrayList<>(random.gateways());
            objects.addAll(random.ingresses());
            for (Message object : objects) {
                cluster = cluster.with(object);

                assertThat(apply(compile, cluster))
                        .as("seed %d", seed)
                        .isEqualTo(cluster.compiled());
            }
            Key gone = cluster.objects().firstKey();
            assertThat(apply(compile, cluster.without(gone)))
                    .as("seed %d, without %s", seed, gone)
                    .isEqualTo(cluster.without(gone).compiled());
        }
    }

    private static Compiled apply(Compile compile, Cluster cluster) {
        return compile.apply(
                cluster.image(Shards.CONTROL),
                cluster.image(Shards.ENDPOINT),
                cluster.image(Shards.SECRET));
    }

    @Test
    void whereOnlyAStatusChangedACompilerAnswersTheSame() {
        Compile compile = new Compile();
        Ingress.Builder ingress = Ingress.newBuilder();
        ingress.getMetadataBuilder().setName("i").setNamespace("a").setGeneration(1);
        ingress.getMetadataBuilder().getCreationTimestampBuilder().setSeconds(1);
        Compiled before = apply(compile, base.with(ingress.build()));

        ingress.getStatusBuilder().addConditionsBuilder().setType("Programmed");
        ingress.getMetadataBuilder().setResourceVersion("9");
        Compiled said = apply(compile, base.with(ingress.build()));
        ingress.getMetadataBuilder().putAnnotations(Classes.LEGACY_CLASS, "weir");
        Compiled claimed = apply(compile, base.with(ingress.build()));

        assertThat(said).isSameAs(before);
        assertThat(claimed.verdicts().ingresses()).hasSize(1);
    }
}
