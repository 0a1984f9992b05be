package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Kinds;
import dev.weir.routing.TestCertificates;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No change costs a request. */
class ChangesTest {
    private static final int STEPS = 30;
    private static final int EACH = 40;

    private Site site;
    private EchoServer one;
    private EchoServer two;

    @BeforeEach
    void open() throws IOException {
        site = Site.open();
        one = new EchoServer("one");
        two = new EchoServer("two");
        site.service("shop/one:80", one).service("shop/two:80", two);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        one.close();
        two.close();
    }

    private static String ingress(String service) {
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {namespace: shop, name: load}
        spec:
          ingressClassName: weir
          tls: [{hosts: [a.com], secretName: cert}]
          rules:
          - host: a.com
            http:
              paths:
              - {pathType: Prefix, path: /, backend: {service: {name: %s, port: {number: 80}}}}
        """
                .formatted(service);
    }

    /** The route goes from one Service to another, and the first is forgotten each time. */
    @Test
    void routesChangeUnderLoad() throws Exception {
        site.given(ingress("one"));
        try (Load load = Load.on(site, "a.com")) {
            load.answers(EACH);
            for (int i = 0; i < STEPS; i++) {
                String now = i % 2 == 0 ? "two" : "one";
                site.given(ingress(now));
                load.answers(EACH);
                site.answers("a.com", "/", now);
            }
        }
    }

    /** A rolling update: an endpoint comes, an old one goes once nothing is under way there. */
    @Test
    void endpointsAreReplacedUnderLoad() throws Exception {
        List<EchoServer> serving = new ArrayList<>(List.of(one, two));
        site.service("shop/all:80", one, two).given(ingress("all"));
        try (Load load = Load.on(site, "a.com")) {
            for (int i = 0; i < 10; i++) {
                load.answers(EACH);
                EchoServer next = new EchoServer("next" + i);
                serving.add(next);
                site.service("shop/all:80", serving.toArray(EchoServer[]::new));
                EchoServer old = serving.removeFirst();
                site.service("shop/all:80", serving.toArray(EchoServer[]::new));
                load.answers(EACH);
                load.backends();
                load.answers(EACH);
                assertThat(load.backends()).doesNotContain(old.name);
                old.close();
            }
            load.answers(EACH);
        } finally {
            for (EchoServer server : serving) {
                server.close();
            }
        }
    }

    /** Nobody said that they would go, and others are told of it only later. */
    @Test
    void endpointsDieUnderLoad() throws Exception {
        site.service("shop/all:80", one, two).given(ingress("all"));
        EchoServer mortal = two;
        try (Load load = Load.gets(site, "a.com")) {
            for (int i = 0; i < 5; i++) {
                load.answers(EACH);
                mortal.close();
                load.answers(EACH);
                mortal = new EchoServer("heir" + i);
                site.service("shop/all:80", one, mortal);
            }
            load.answers(EACH);
        } finally {
            mortal.close();
        }
    }

    @Test
    void certificatesChangeUnderLoad() throws Exception {
        site.given(TestCertificates.make("EC", "a.com").secret("shop", "cert"))
                .given(ingress("one"));
        try (Load load = Load.tls(site, "a.com")) {
            for (int i = 0; i < 10; i++) {
                load.answers(10);
                site.given(TestCertificates.make("EC", "v" + i + ".a.com").secret("shop", "cert"));
                assertThat(site.visitor.tls("a.com", "/").certificate())
                        .isEqualTo("v" + i + ".a.com");
            }
        }
    }

    /** Hosts come and go beside the one that is asked for. */
    @Test
    void otherObjectsChangeUnderLoad() throws Exception {
        site.given(ingress("one"));
        try (Load load = Load.on(site, "a.com")) {
            for (int i = 0; i < STEPS; i++) {
                String host = "h" + i + ".com";
                site.given(
                        ingress("two")
                                .replace("name: load", "name: other" + i)
                                .replace("a.com", host));
                site.answers(host, "/", "two");
                load.answers(EACH);
                if (i % 2 == 0) {
                    site.without(Kinds.INGRESS.key("shop", "other" + i));
                    site.answers(host, "/", "404");
                }
            }
        }
    }

    @Test
    void aRequestUnderWayEndsWhereItBegan() throws Exception {
        site.given(ingress("one"));
        CompletableFuture<String> slow = slowOne();

        site.service("shop/one:80")
                .without(Kinds.INGRESS.key("shop", "load"))
                .without(Kinds.SERVICE.key("shop", "one"));

        assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo("one");
    }

    /** Of one that is asked; returns once it is under way. */
    private CompletableFuture<String> slowOne() throws InterruptedException {
        CompletableFuture<String> slow =
                CompletableFuture.supplyAsync(() -> site.ask("a.com", "/slow"));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (one.requests.get() == 0) {
            assertThat(System.nanoTime()).as("waited 10 s for a request").isLessThan(deadline);
            Thread.sleep(1);
        }
        return slow;
    }

    @Test
    void aProxyThatClosesLetsRequestsEnd() throws Exception {
        site.given(ingress("one"));
        CompletableFuture<String> slow = slowOne();

        site.close();

        assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo("one");
        assertThatThrownBy(() -> site.visitor.raw(80, "")).isInstanceOf(ConnectException.class);
        site = Site.open();
    }

    @Test
    void aPortThatIsTakenIsSaidAndServedWhenItIsFree() throws Exception {
        try (ServerSocket taken = new ServerSocket(80, 1, InetAddress.getByName(site.address))) {
            site.given(ingress("one"));
            assertThat(site.problems())
                    .containsOnlyKeys(Kinds.SERVICE.key("weir-system", "ingress"));
            assertThat(site.problems().toString()).contains("80=");
        }

        site.service("shop/one:80", one, two);

        assertThat(site.problems()).isEmpty();
        assertThat(site.ask("a.com", "/")).isIn("one", "two");
    }
}
