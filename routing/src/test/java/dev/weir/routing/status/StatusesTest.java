package dev.weir.routing.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.core.v1.Condition;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.RouteParentStatus;
import dev.weir.routing.Cluster;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What objects say of themselves while proxies take them up. */
class StatusesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(60);
    private static final Carried EVERYTHING = new Carried(true, Long.MAX_VALUE);
    private static final List<LoadBalancerIngress> ADDRESSES =
            List.of(
                    LoadBalancerIngress.newBuilder().setIp("192.0.2.1").build(),
                    LoadBalancerIngress.newBuilder().setIp("2001:db8::1").build());
    private static final Key GATEWAY = Kinds.GATEWAY.key("a", "gw");
    private static final Key ROUTE = Kinds.HTTP_ROUTE.key("a", "r");
    private static final Key INGRESS = Kinds.INGRESS.key("a", "i");

    private static final String GATEWAY_YAML =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gw, namespace: a}
            spec:
              gatewayClassName: weir
              listeners: [{name: http, port: 80, protocol: HTTP}]
            """;
    private static final String ROUTE_YAML =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: a}
            spec:
              parentRefs: [{name: gw}]
              rules: [{backendRefs: [{name: one, port: 80}]}]
            """;
    private static final String INGRESS_YAML =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: i, namespace: a}
            spec:
              ingressClassName: weir
              defaultBackend: {service: {name: one, port: {number: 80}}}
            """;

    private final Cluster cluster =
            Cluster.withClasses()
                    .services("a", "one:80")
                    .with(GATEWAY_YAML)
                    .with(ROUTE_YAML)
                    .with(INGRESS_YAML);

    private static Map<Key, Message> changes(Cluster cluster, Carried carried, Instant now) {
        return Statuses.of(
                cluster.image(Shards.CONTROL), cluster.compiled(), carried, ADDRESSES, now);
    }

    private static Cluster written(Cluster cluster, Carried carried, Instant now) {
        return cluster.written(changes(cluster, carried, now));
    }

    /** As {@code Type=Status Reason}. */
    private static List<String> said(List<Condition> conditions) {
        return conditions.stream()
                .map(c -> c.getType() + "=" + c.getStatus() + " " + c.getReason())
                .toList();
    }

    private static List<Condition> gateway(Cluster cluster) {
        return cluster.find(Gateway.class, GATEWAY).getStatus().getConditionsList();
    }

    private static List<Condition> listener(Cluster cluster) {
        return cluster.find(Gateway.class, GATEWAY).getStatus().getListeners(0).getConditionsList();
    }

    private static List<Condition> route(Cluster cluster) {
        return cluster.find(HttpRoute.class, ROUTE).getStatus().getParents(0).getConditionsList();
    }

    private static Ingress ingress(Cluster cluster) {
        return cluster.find(Ingress.class, INGRESS);
    }

    private static Cluster edited(Cluster cluster, Key key, Message object) {
        var metadata = object.getDescriptorForType().findFieldByName("metadata");
        var grown =
                ((dev.weir.core.v1.ObjectMeta) object.getField(metadata))
                        .toBuilder().setGeneration(2).build();
        assertThat(cluster.objects()).containsKey(key);
        return cluster.with(object.toBuilder().setField(metadata, grown).build());
    }

    @Test
    void withoutProxiesNothingIsProgrammed() {
        Cluster said = written(cluster, Carried.NOTHING, NOON);

        assertThat(said(gateway(said)))
                .containsExactly("Accepted=True Accepted", "Programmed=False NoResources");
        assertThat(said(listener(said)))
                .containsExactly(
                        "Accepted=True Accepted",
                        "Programmed=False NoResources",
                        "ResolvedRefs=True ResolvedRefs",
                        "Conflicted=False NoConflicts");
        assertThat(said(route(said)))
                .containsExactly(
                        "Accepted=True Accepted",
                        "ResolvedRefs=True ResolvedRefs",
                        "Programmed=False NoResources");
        assertThat(said(ingress(said).getStatus().getConditionsList()))
                .containsExactly("Programmed=False NoResources");
        assertThat(ingress(said).getStatus().hasLoadBalancer()).isFalse();
    }

    @Test
    void aClassIsAcceptedAndGatewaysShowTheirAddressesAndRoutes() {
        Cluster said = written(cluster, Carried.NOTHING, NOON);

        Gateway gateway = said.find(Gateway.class, GATEWAY);
        assertThat(
                        said(
                                said.find(GatewayClass.class, Kinds.GATEWAY_CLASS.key("", "weir"))
                                        .getStatus()
                                        .getConditionsList()))
                .containsExactly("Accepted=True Accepted");
        assertThat(gateway.getStatus().getAddressesList())
                .extracting(address -> address.getType() + " " + address.getValue())
                .containsExactly("IPAddress 192.0.2.1", "IPAddress 2001:db8::1");
        assertThat(gateway.getStatus().getListeners(0).getAttachedRoutes()).isEqualTo(1);
        assertThat(gateway.getStatus().getListeners(0).getSupportedKinds(0).getKind())
                .isEqualTo("HTTPRoute");
    }

    @Test
    void anObjectIsPendingUntilAllProxiesCarryItsRevision() {
        long revision = cluster.revision();
        Cluster behind = written(cluster, new Carried(true, revision - 1), NOON);
        Cluster level = written(cluster, new Carried(true, revision), NOON);

        assertThat(said(ingress(behind).getStatus().getConditionsList()))
                .containsExactly("Programmed=False Pending");
        assertThat(said(ingress(level).getStatus().getConditionsList()))
                .containsExactly("Programmed=True Programmed");
        assertThat(said(route(level))).contains("Programmed=True Programmed");
        assertThat(said(gateway(level))).contains("Programmed=True Programmed");
        assertThat(said(listener(level))).contains("Programmed=True Programmed");
    }

    @Test
    void theWriteOfAStatusDoesNotUndoIt() {
        Carried level = new Carried(true, cluster.revision());
        Cluster programmed = written(cluster, level, NOON);

        assertThat(programmed.revision()).isGreaterThan(cluster.revision());
        assertThat(changes(programmed, level, LATER)).isEmpty();
        assertThat(changes(programmed, Carried.NOTHING, LATER)).isEmpty();
    }

    @Test
    void aNewGenerationIsPendingAgainAndKeepsTheTimesOfWhatStays() {
        Cluster programmed = written(cluster, EVERYTHING, NOON);
        Cluster edited = edited(programmed, GATEWAY, programmed.find(Gateway.class, GATEWAY));

        Cluster pending = written(edited, new Carried(true, edited.revision() - 1), LATER);

        assertThat(said(gateway(pending)))
                .containsExactly("Accepted=True Accepted", "Programmed=False Pending");
        assertThat(gateway(pending))
                .allSatisfy(c -> assertThat(c.getObservedGeneration()).isEqualTo(2));
        assertThat(gateway(pending))
                .extracting(c -> c.getLastTransitionTime().getSeconds())
                .containsExactly(NOON.getEpochSecond(), LATER.getEpochSecond());
    }

    @Test
    void aRouteIsProgrammedOnceItsGatewayIsCarriedToo() {
        Cluster later = written(cluster.without(GATEWAY), EVERYTHING, NOON).with(GATEWAY_YAML);

        Cluster behind = written(later, new Carried(true, later.revision() - 1), NOON);

        assertThat(said(route(behind)))
                .contains("Accepted=True Accepted", "Programmed=False Pending");
    }

    @Test
    void withoutAnAddressNothingIsReachable() {
        Map<Key, Message> changes =
                Statuses.of(
                        cluster.image(Shards.CONTROL),
                        cluster.compiled(),
                        EVERYTHING,
                        List.of(),
                        NOON);

        Cluster said = cluster.written(changes);
        assertThat(said(gateway(said))).contains("Programmed=False AddressNotAssigned");
        assertThat(said(ingress(said).getStatus().getConditionsList()))
                .containsExactly("Programmed=False AddressNotAssigned");
        assertThat(said.find(Gateway.class, GATEWAY).getStatus().getAddressesList()).isEmpty();
    }

    @Test
    void aGatewayThatWantsAnotherAddressIsNotProgrammed() {
        String wanting = GATEWAY_YAML + "  addresses: [{value: %s}]\n";

        Cluster other = written(cluster.with(wanting.formatted("192.0.2.9")), EVERYTHING, NOON);
        Cluster same = written(cluster.with(wanting.formatted("192.0.2.1")), EVERYTHING, NOON);

        assertThat(said(gateway(other))).contains("Programmed=False AddressNotUsable");
        assertThat(said(gateway(same))).contains("Programmed=True Programmed");
    }

    @Test
    void anIngressShowsWhereItIsServedOnceItIs() {
        Cluster served =
                written(
                        cluster.with(
                                INGRESS_YAML + "  tls: [{hosts: [x.com], secretName: none}]\n"),
                        EVERYTHING,
                        NOON);

        assertThat(ingress(served).getStatus().getLoadBalancer().getIngressList())
                .extracting(
                        shown ->
                                shown.getIp()
                                        + shown.getPortsList().stream()
                                                .map(p -> " " + p.getPort() + "/" + p.getProtocol())
                                                .collect(Collectors.joining()))
                .containsExactly("192.0.2.1 80/TCP 443/TCP", "2001:db8::1 80/TCP 443/TCP");
        assertThat(said(ingress(served).getStatus().getConditionsList()))
                .containsExactly(
                        "Programmed=True Programmed",
                        "CertificateNotUsable=True InvalidCertificateRef");
    }

    @Test
    void anIngressThatIsEditedStaysWhereItIs() {
        Cluster served = written(cluster, EVERYTHING, NOON);
        Cluster edited = edited(served, INGRESS, ingress(served));

        Cluster pending = written(edited, new Carried(true, 1), LATER);

        assertThat(said(ingress(pending).getStatus().getConditionsList()))
                .containsExactly("Programmed=False Pending");
        assertThat(ingress(pending).getStatus().getLoadBalancer().getIngressCount()).isEqualTo(2);
    }

    @Test
    void whatIsWrongWithAnIngressIsSaidAndTakenBack() {
        Cluster wrong =
                written(
                        cluster.without(Kinds.SERVICE.key("a", "one"))
                                .with(INGRESS_YAML.replace("name: i,", "name: younger,")),
                        EVERYTHING,
                        NOON);

        Key younger = Kinds.INGRESS.key("a", "younger");
        assertThat(said(wrong.find(Ingress.class, younger).getStatus().getConditionsList()))
                .containsExactly(
                        "Programmed=True Programmed",
                        "Conflict=True Taken",
                        "BackendNotFound=True BackendNotFound");

        Cluster right = written(wrong.without(INGRESS).services("a", "one:80"), EVERYTHING, LATER);
        assertThat(said(right.find(Ingress.class, younger).getStatus().getConditionsList()))
                .containsExactly("Programmed=True Programmed");
    }

    @Test
    void anIngressThatIsServedNoMoreHasNothingOfOurs() {
        Cluster served = written(cluster, EVERYTHING, NOON);
        Cluster elsewhere =
                served.with(
                        ingress(served).toBuilder()
                                .setSpec(
                                        ingress(served).getSpec().toBuilder()
                                                .setIngressClassName("other"))
                                .build());

        Cluster cleared = written(elsewhere, EVERYTHING, LATER);

        assertThat(ingress(cleared).getStatus().getLoadBalancer().getIngressList()).isEmpty();
        assertThat(ingress(cleared).getStatus().getConditionsList()).isEmpty();
    }

    @Test
    void theStatusOfAnIngressThatOthersServeIsLeftAlone() {
        Ingress.Builder theirs = ingress(cluster).toBuilder();
        theirs.getSpecBuilder().setIngressClassName("other");
        theirs.getStatusBuilder().getLoadBalancerBuilder().addIngressBuilder().setIp("192.0.2.7");

        assertThat(changes(cluster.with(theirs.build()), EVERYTHING, NOON))
                .doesNotContainKey(INGRESS);
    }

    @Test
    void onlyOurOwnEntriesOfARouteAreTouched() {
        HttpRoute.Builder route = cluster.find(HttpRoute.class, ROUTE).toBuilder();
        RouteParentStatus.Builder other =
                RouteParentStatus.newBuilder().setControllerName("example.com/other");
        other.getParentRefBuilder().setName("gw");
        RouteParentStatus.Builder stale =
                RouteParentStatus.newBuilder().setControllerName("weir.dev/gateway");
        stale.getParentRefBuilder().setName("gone");
        route.getStatusBuilder().addParents(stale).addParents(other);

        Cluster said = written(cluster.with(route.build()), EVERYTHING, NOON);

        assertThat(said.find(HttpRoute.class, ROUTE).getStatus().getParentsList())
                .extracting(p -> p.getControllerName() + " " + p.getParentRef().getName())
                .containsExactly("example.com/other gw", "weir.dev/gateway gw");
        assertThat(said.find(HttpRoute.class, ROUTE).getStatus().getParents(0))
                .isEqualTo(other.build());
    }

    @Test
    void entriesOfAGatewayThatIsNoLongerOursAreRemoved() {
        Cluster said = written(cluster, EVERYTHING, NOON);

        Cluster alone = written(said.without(GATEWAY), EVERYTHING, LATER);

        assertThat(alone.find(HttpRoute.class, ROUTE).getStatus().getParentsList()).isEmpty();
    }

    @Test
    void aListenerThatIsNotServedSaysWhy() {
        Cluster said =
                written(
                        cluster.with(GATEWAY_YAML.replace("port: 80", "port: 9")),
                        EVERYTHING,
                        NOON);

        assertThat(said(gateway(said)))
                .containsExactly("Accepted=False ListenersNotValid", "Programmed=False Invalid");
        assertThat(said(listener(said)))
                .contains("Accepted=False PortUnavailable", "Programmed=False Invalid");
        assertThat(said(route(said)))
                .contains("Accepted=False NoReadyListeners", "Programmed=False Invalid");
    }
}
