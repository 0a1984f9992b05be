package dev.weir.routing.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Image;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import dev.weir.routing.Cluster;
import dev.weir.routing.Cluster.Asked;
import dev.weir.routing.TestCertificates;
import dev.weir.routing.TestCertificates.Pair;
import dev.weir.routing.status.Carried;
import dev.weir.routing.status.Statuses;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What compiling many hosts costs: {@code mvn -pl routing test -Dtest=ManyHostsTest
 * -Dweir.measure=true}. Asserts no figure.
 */
@EnabledIfSystemProperty(named = "weir.measure", matches = "true")
class ManyHostsTest {
    private static final int HOSTS = 5_000;
    private static final int ROUNDS = 15;
    private static final long MILLION = 1_000_000;

    @Test
    void fiveThousandHosts() throws Exception {
        Pair pair = TestCertificates.make("EC", "x.com");
        Cluster ingresses = Cluster.withClasses().services("a", "one:80");
        Cluster certified = ingresses;
        Cluster routes = ingresses.with(HttpRoutingTest.GATEWAY);
        for (int i = 0; i < HOSTS; i++) {
            Ingress ingress = ingress(i);
            ingresses = ingresses.with(ingress);
            Ingress.Builder tls = ingress.toBuilder();
            tls.getSpecBuilder().addTlsBuilder().setSecretName("s" + i);
            certified = certified.with(tls.build()).with(pair.secret("a", "s" + i));
            routes = routes.with(route(i));
        }
        measure("Ingresses", ingresses);
        measure("Ingresses with certificates", certified);
        measure("HTTPRoutes", routes);
    }

    private static void measure(String what, Cluster cluster) {
        Image control = cluster.image("control");
        Image secret = cluster.image("secret");
        Compile compile = new Compile();
        long[] compiling = new long[ROUNDS];
        long[] again = new long[ROUNDS];
        long[] saying = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            // A further Service makes it compile anew.
            Image changed = cluster.services("b", "further" + i + ":80").image("endpoint");
            long start = cpu();
            compile.apply(control, changed, secret);
            long compiled = cpu();
            Compiled same = compile.apply(control, changed, secret);
            long repeated = cpu();
            int said = Statuses.of(control, same, Carried.NOTHING, List.of(), Instant.EPOCH).size();
            compiling[i] = compiled - start;
            again[i] = repeated - compiled;
            saying[i] = cpu() - repeated;
            assertThat(said).isGreaterThanOrEqualTo(HOSTS);
            assertThat(Cluster.ask(same, 80, "h7.x.com", Asked.parse("GET /a")))
                    .isEqualTo("a/one:80");
        }
        System.out.printf(
                "%,d %s, CPU: compile first %d ms, then %d ms, unchanged %d ms; statuses %d ms%n",
                HOSTS,
                what,
                compiling[0] / MILLION,
                median(compiling) / MILLION,
                median(again) / MILLION,
                median(saying) / MILLION);
    }

    /** Of this thread, in nanoseconds: the machine may have other work. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Ingress ingress(int i) {
        Ingress.Builder ingress = Ingress.newBuilder();
        ingress.getMetadataBuilder().setNamespace("a").setName("i" + i);
        var rule =
                ingress.getSpecBuilder()
                        .setIngressClassName("weir")
                        .addRulesBuilder()
                        .setHost("h" + i + ".x.com");
        for (String path : List.of("/", "/a")) {
            var one = rule.getHttpBuilder().addPathsBuilder().setPath(path).setPathType("Prefix");
            one.getBackendBuilder()
                    .getServiceBuilder()
                    .setName("one")
                    .getPortBuilder()
                    .setNumber(80);
        }
        return ingress.build();
    }

    private static HttpRoute route(int i) {
        HttpRoute.Builder route = HttpRoute.newBuilder();
        route.getMetadataBuilder().setNamespace("a").setName("r" + i);
        route.getSpecBuilder()
                .addHostnames("h" + i + ".x.com")
                .addParentRefsBuilder()
                .setName("gw");
        for (String path : List.of("/", "/a")) {
            var rule = route.getSpecBuilder().addRulesBuilder();
            rule.addMatchesBuilder().getPathBuilder().setValue(path);
            rule.addBackendRefsBuilder().setName("one").setPort(80);
        }
        return route.build();
    }
}
