package dev.weir.control;

import static dev.weir.control.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.core.v1.Secret;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ObjectChange;
import dev.weir.node.v1.ProxySecretsGrpc;
import dev.weir.node.v1.ProxySecretsRequest;
import dev.weir.node.v1.ProxySecretsResponse;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which Secrets proxies are sent. */
class ProxySecretsTest {
    private static final String SHOP =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop, namespace: shop}
            spec:
              ingressClassName: weir
              tls: [{hosts: [shop.example.com], secretName: shop-cert}]
              rules: [{host: shop.example.com}]
            """;
    private static final String GATEWAY =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: g, namespace: shop}
            spec:
              gatewayClassName: weir
              listeners:
              - name: https
                port: 443
                protocol: HTTPS
                tls: {certificateRefs: [{name: edge-cert, namespace: edge}]}
            """;
    private static final String GRANT =
            """
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: certs, namespace: edge}
            spec:
              from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: shop}]
              to: [{group: '', kind: Secret}]
            """;

    private Cluster cluster;
    private RouteObjects objects;
    private Context.CancellableContext calls;

    @BeforeEach
    void open() {
        cluster = new Cluster(Duration.ofMinutes(1), 10_000);
        objects = new RouteObjects(cluster.channel);
        calls = Context.current().withCancellation();
        cluster.createNamespace("shop");
        cluster.createNamespace("edge");
        var unused = objects.create(RouteObjects.CLASSES);
        for (String key : List.of("shop/shop-cert", "shop/other", "edge/edge-cert", "edge/other")) {
            unused = objects.create(secret(key, "1"));
        }
    }

    @AfterEach
    void close() throws Exception {
        calls.cancel(null);
        cluster.close();
    }

    private static String secret(String key, String content) {
        return """
        apiVersion: v1
        kind: Secret
        metadata: {namespace: %s, name: %s}
        type: kubernetes.io/tls
        stringData: {tls.crt: '%s', tls.key: '%s'}
        """
                .formatted(key.split("/")[0], key.split("/")[1], content, content);
    }

    /** All that a proxy was sent. */
    private static final class Sent implements StreamObserver<ProxySecretsResponse> {
        private final List<FollowResponse> parts = new CopyOnWriteArrayList<>();
        private final List<Throwable> errors = new CopyOnWriteArrayList<>();

        @Override
        public void onNext(ProxySecretsResponse message) {
            parts.add(message.getPart());
        }

        @Override
        public void onError(Throwable thrown) {
            errors.add(thrown);
        }

        @Override
        public void onCompleted() {
            errors.add(new AssertionError("ended"));
        }

        /** What the proxy has now: keys, and what is in them. */
        Map<String, String> now() {
            return parts.stream()
                    .filter(FollowResponse::getSnapshot)
                    .reduce((before, after) -> after)
                    .map(Sent::contents)
                    .orElse(Map.of("nothing", "yet"));
        }

        private static Map<String, String> contents(FollowResponse snapshot) {
            Map<String, String> contents = new TreeMap<>();
            for (ObjectChange change : snapshot.getChangesList()) {
                try {
                    Secret secret = change.getPut().unpack(Secret.class);
                    Key key = Kinds.SECRET.key(secret.getMetadata());
                    contents.put(
                            key.namespace() + "/" + key.name(),
                            secret.getDataOrThrow("tls.key").toStringUtf8());
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
            return contents;
        }

        void awaitNow(Map<String, String> wanted) throws Exception {
            await("the proxy has " + wanted, () -> now().equals(wanted));
        }
    }

    private Sent follow() throws Exception {
        Sent sent = new Sent();
        calls.run(
                () ->
                        ProxySecretsGrpc.newStub(cluster.channel)
                                .follow(
                                        ProxySecretsRequest.newBuilder()
                                                .setNodeName("n1")
                                                .setProxy("weir-system/ingress-a")
                                                .build(),
                                        sent));
        return sent;
    }

    @Test
    void thoseThatAreUsedAreSentAllTogether() throws Exception {
        Sent sent = follow();
        sent.awaitNow(Map.of());

        var unused = objects.create(SHOP);
        sent.awaitNow(Map.of("shop/shop-cert", "1"));
        unused = objects.create(GATEWAY + "---\n" + GRANT);
        sent.awaitNow(Map.of("shop/shop-cert", "1", "edge/edge-cert", "1"));
        unused = objects.update(secret("edge/edge-cert", "2"));
        sent.awaitNow(Map.of("shop/shop-cert", "1", "edge/edge-cert", "2"));

        objects.delete(Kinds.REFERENCE_GRANT, "edge", "certs");
        sent.awaitNow(Map.of("shop/shop-cert", "1"));
        objects.delete(Kinds.SECRET, "shop", "shop-cert");
        sent.awaitNow(Map.of());
        unused = objects.create(secret("shop/shop-cert", "3"));
        sent.awaitNow(Map.of("shop/shop-cert", "3"));
        objects.delete(Kinds.INGRESS, "shop", "shop");
        sent.awaitNow(Map.of());

        assertThat(sent.errors).isEmpty();
        assertThat(sent.parts.toString()).doesNotContain("other");
        assertThat(sent.parts).allMatch(part -> part.getShard().equals(Shards.SECRET));
    }

    /** Who serves an Ingress is a matter of its class. */
    @Test
    void thoseOfIngressesOfOthersAreNotSent() throws Exception {
        Sent sent = follow();

        var unused =
                objects.create(
                        SHOP.replace("ingressClassName: weir", "ingressClassName: nginx")
                                        .replace("shop-cert", "other")
                                + "---\n"
                                + SHOP.replace("name: shop,", "name: ours,"));
        sent.awaitNow(Map.of("shop/shop-cert", "1"));

        assertThat(sent.parts.toString()).doesNotContain("other");
    }

    /** Of another Secret no more is told than that the shard is further. */
    @Test
    void aChangeOfAnotherSecretIsARevisionAndNoMore() throws Exception {
        var unused = objects.create(SHOP);
        Sent sent = follow();
        sent.awaitNow(Map.of("shop/shop-cert", "1"));

        long revision = objects.update(secret("shop/other", "2")).getRevision();

        await(
                "the proxy hears of revision " + revision,
                () -> sent.parts.getLast().getRevision() >= revision);
        assertThat(sent.parts.stream().filter(FollowResponse::getSnapshot)).hasSize(1);
        assertThat(sent.parts.getLast().getChangesCount()).isZero();
        assertThat(sent.now()).isEqualTo(Map.of("shop/shop-cert", "1"));
    }

    /** The news of a revision names the routes that it was judged by. */
    @Test
    void whatIsSentSaysWhichRoutesItIsOf() throws Exception {
        Sent sent = follow();

        long revision = objects.create(SHOP).getRevision();

        await(
                "what is sent is of the routes at " + revision,
                () ->
                        !sent.parts.isEmpty()
                                && sent.parts
                                                .getLast()
                                                .getAfter()
                                                .getRevisionsOrDefault(Shards.CONTROL, 0)
                                        >= revision);
        assertThat(sent.now()).isEqualTo(Map.of("shop/shop-cert", "1"));
    }
}
