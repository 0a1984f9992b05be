package dev.weir.agent.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.weir.agent.spi.HealthCheck;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.Secret;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.LocalPod;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class NodeDeriverTest {
    private static final int STEPS = 60;
    private static final Key WEB_0 = Kinds.POD.key("x", "web-0");

    private static final NodeSettings SETTINGS =
            new NodeSettings(
                    "here",
                    List.of(IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1")),
                    List.of(),
                    List.of(),
                    RandomCluster.RANGES);

    private final NodeDeriver deriver = new NodeDeriver(SETTINGS);
    private final Cluster cluster =
            new Cluster().put(Objects.namespace("x")).put(Objects.namespace("y"));

    private NodeImage image = NodeImage.EMPTY;
    private NodeStep step = new NodeStep(image, NodeDelta.NONE, image);

    private static NodeDelta withoutShards(NodeDelta delta) {
        return new NodeDelta(
                delta.routes(),
                delta.services(),
                delta.pods(),
                delta.groups(),
                delta.announcements(),
                delta.healthChecks());
    }

    private static Attachment attachment(String namespace, String name, int number) {
        return new Attachment(
                Kinds.POD.key(namespace, name),
                List.of(
                        IpAddress.of("10.244.0." + number),
                        IpAddress.of("fd00::" + Integer.toHexString(number))),
                Map.of());
    }

    private NodeImage derive(Attachment... attachments) {
        step = deriver.derive(image, cluster.shards(), cluster.take(), List.of(attachments));
        image = step.to();
        return image;
    }

    private LocalPod web0() {
        LocalPod pod = image.pods().get(WEB_0);
        assertThat(pod).isNotNull();
        return pod;
    }

    @Test
    void aPodIsClosedUntilItsObjectIsKnown() {
        derive(attachment("x", "web-0", 1));
        LocalPod unknown = web0();
        cluster.put(Objects.pod("x", "web-0", 1, "here"));
        derive(attachment("x", "web-0", 1));

        assertThat(unknown.ingress()).isEqualTo(Filter.CLOSED);
        assertThat(unknown.egress()).isEqualTo(Filter.CLOSED);
        assertThat(web0().ingress()).isEqualTo(Filter.OPEN);
        assertThat(web0().egress()).isEqualTo(Filter.OPEN);
    }

    @Test
    void rangesOfClusterIpsAreThoseOfTheObjects() {
        ServiceCidr.Builder own = ServiceCidr.newBuilder();
        own.getMetadataBuilder().setName("kubernetes");
        own.getSpecBuilder().addCidrs("10.96.0.0/12").addCidrs("fd00::/112");
        ServiceCidr.Builder more = ServiceCidr.newBuilder();
        more.getMetadataBuilder().setName("a-more");
        more.getMetadataBuilder().getDeletionTimestampBuilder().setSeconds(1);
        more.getSpecBuilder().addCidrs("10.120.0.0/16").addCidrs("fd00::/112");
        derive();
        assertThat(image.serviceCidrs(SETTINGS)).isEqualTo(SETTINGS.serviceCidrs());

        cluster.put(own.build()).put(more.build());
        derive();

        List<Cidr> all =
                List.of(Cidr.of("10.96.0.0/12"), Cidr.of("10.120.0.0/16"), Cidr.of("fd00::/112"));
        assertThat(image.serviceCidrs()).isEqualTo(all);
        assertThat(step.delta().serviceCidrs()).contains(all);
        assertThat(step.delta().isEmpty()).isFalse();
        cluster.put(Objects.pod("x", "web-0", 1, "here"));
        derive();
        assertThat(image.serviceCidrs()).isEqualTo(all);
        assertThat(step.delta().serviceCidrs()).isEmpty();

        cluster.remove(more.build());
        derive();
        assertThat(image.serviceCidrs())
                .containsExactly(Cidr.of("10.96.0.0/12"), Cidr.of("fd00::/112"));
    }

    @Test
    void aPodOfTheSameNameElsewhereIsAnotherOne() {
        cluster.put(Objects.pod("x", "web-0", 99, "there"));

        derive(attachment("x", "web-0", 1));

        assertThat(web0().ingress()).isEqualTo(Filter.CLOSED);
    }

    @Test
    void theAddressAloneMakesAPodKnown() {
        cluster.put(Objects.pod("x", "web-0", 1, ""));

        derive(attachment("x", "web-0", 1));

        assertThat(web0().ingress()).isEqualTo(Filter.OPEN);
    }

    @Test
    void nothingOpensBeforeThePoliciesAreThere() {
        cluster.put(Objects.pod("x", "web-0", 1, "here"));
        Map<String, Image> some = new HashMap<>(cluster.shards());
        some.remove(Shards.POLICY);

        Attachment web = attachment("x", "web-0", 1);
        image = deriver.derive(NodeImage.EMPTY, some, Map.of(), List.of(web)).to();
        LocalPod early = web0();
        image = deriver.derive(image, cluster.shards(), Map.of(), List.of(web)).to();

        assertThat(early.egress()).isEqualTo(Filter.CLOSED);
        assertThat(web0().egress()).isEqualTo(Filter.OPEN);
    }

    @Test
    void groupsComeWithTheRulesThatNameThemAndGoWithThem() {
        LabelSelector db = Objects.labels("app", "db");
        cluster.put(Objects.pod("x", "web-0", 1, "here"))
                .put(Objects.pod("x", "db-0", 2, "there"))
                .put(Objects.egress("x", "p", db, 5432));

        derive(attachment("x", "web-0", 1));
        Map<String, Set<IpAddress>> with = image.groups();
        cluster.put(Objects.pod("x", "db-1", 3, "there"));
        derive(attachment("x", "web-0", 1));
        Map<String, Set<IpAddress>> grown = image.groups();
        cluster.remove(Objects.egress("x", "p", db, 5432));
        derive(attachment("x", "web-0", 1));

        assertThat(with.values())
                .containsExactly(Set.of(IpAddress.of("10.244.0.2"), IpAddress.of("fd00::2")));
        assertThat(grown.values().iterator().next()).hasSize(4);
        assertThat(image.groups()).isEmpty();
    }

    @Test
    void aNamedPortFollowsTheMembersThatHaveIt() {
        Pod db = Objects.containerPort(Objects.pod("x", "db-0", 2, "there"), "sql", 5432);
        cluster.put(Objects.pod("x", "web-0", 1, "here"))
                .put(db)
                .put(Objects.egress("x", "p", Objects.labels("app", "db"), "sql"));

        derive(attachment("x", "web-0", 1));
        Filter before = web0().egress();
        cluster.put(Objects.containerPort(Objects.pod("x", "db-0", 2, "there"), "sql", 6543));
        derive(attachment("x", "web-0", 1));

        assertThat(before.toString()).contains("first=5432, last=5432");
        assertThat(web0().egress().toString()).contains("first=6543, last=6543");
        assertThat(image.groups()).hasSize(1);
    }

    @Test
    void whatNoStepNamesStaysTheSameObject() {
        cluster.put(Objects.pod("x", "web-0", 1, "here"))
                .put(Objects.pod("y", "web-0", 2, "here"))
                .put(Objects.service("x", "web", 1));
        NodeImage before = derive(attachment("x", "web-0", 1), attachment("y", "web-0", 2));

        cluster.put(Objects.egress("y", "p", Objects.labels("app", "db"), 5432));
        NodeImage after = derive(attachment("x", "web-0", 1), attachment("y", "web-0", 2));

        assertThat(after.services()).isSameAs(before.services());
        assertThat(after.routes()).isSameAs(before.routes());
        assertThat(after.pods().get(WEB_0)).isSameAs(before.pods().get(WEB_0));
        assertThat(after.pods()).isNotEqualTo(before.pods());
    }

    @Test
    void aShardThatNothingIsDerivedFromIsInTheDeltaToo() {
        Key key = Kinds.SECRET.key("x", "tls");
        Image secrets =
                Image.empty("secret")
                        .apply(
                                new Delta(
                                        "secret",
                                        "log-1",
                                        1,
                                        Frontier.EMPTY,
                                        new TreeMap<>(
                                                Map.of(
                                                        key,
                                                        new Change.Put(
                                                                new Stored(
                                                                        Secret.getDefaultInstance(),
                                                                        1))))));

        NodeStep next =
                deriver.derive(NodeImage.EMPTY, Map.of("secret", secrets), Map.of(), List.of());

        assertThat(next.delta().shards().get("secret"))
                .satisfies(delta -> assertThat(delta.changes()).containsOnlyKeys(key));
    }

    private static final Frontend SHARED =
            new Frontend(IpAddress.of("198.51.100.1"), Protocol.TCP, 80);

    private Key owner(Frontend frontend) {
        Backends backends = image.services().get(frontend);
        assertThat(backends).as("%s in %s", frontend, image.services().keySet()).isNotNull();
        return backends.service();
    }

    @Test
    void theOlderServiceHasAPlaceAndTheOtherTakesOverWhenItGoes() {
        Service young =
                Objects.externalIp(
                        Objects.created(Objects.service("x", "young", 1), 9), "198.51.100.1");
        Service old =
                Objects.externalIp(
                        Objects.nodePort(
                                Objects.created(Objects.service("y", "old", 2), 5),
                                30_002,
                                "Local"),
                        "198.51.100.1");

        cluster.put(young);
        derive();
        Key alone = owner(SHARED);
        cluster.put(old);
        derive();
        Key both = owner(SHARED);
        boolean ownClients = image.services().containsKey(SHARED.of(Clients.OWN));
        cluster.remove(old);
        derive();

        assertThat(alone.name()).isEqualTo("young");
        assertThat(both.name()).isEqualTo("old");
        assertThat(ownClients).isTrue();
        assertThat(owner(SHARED).name()).isEqualTo("young");
        assertThat(image.services()).doesNotContainKey(SHARED.of(Clients.OWN));
    }

    @Test
    void anExternalIpTakesNoClusterIp() {
        Service thief =
                Objects.externalIp(
                        Objects.created(Objects.service("x", "thief", 1), 1), "10.96.0.2");
        Frontend taken = new Frontend(IpAddress.of("10.96.0.2"), Protocol.TCP, 80);

        cluster.put(thief);
        derive();
        Key before = owner(taken);
        cluster.put(Objects.created(Objects.service("y", "victim", 2), 5));
        derive();

        assertThat(before.name()).isEqualTo("thief");
        assertThat(owner(taken).name()).isEqualTo("victim");
    }

    @Test
    void servicesShareAnAddressAtDifferentPortsAndTheirNodesHaveToAgree() {
        cluster.put(Objects.node("here", 1))
                .put(Objects.node("there", 2))
                .put(Objects.node("far", 3))
                .put(Objects.excluded(Objects.node("aside", 4)))
                .put(Objects.pod("x", "web-0", 1, "here"))
                .put(Objects.pod("x", "web-1", 2, "there"))
                .put(Objects.pod("x", "db-0", 3, "there"));
        Service web =
                Objects.loadBalancer(
                        Objects.service("x", "web", 1), "198.51.100.1", "Local", 31_001);
        Service db =
                Objects.loadBalancer(
                        Objects.port(Objects.service("x", "db", 2), 81),
                        "198.51.100.1",
                        "Cluster",
                        0);
        Service.Builder only81 = db.toBuilder();
        only81.getSpecBuilder().removePorts(0);
        IpAddress address = IpAddress.of("198.51.100.1");

        cluster.put(only81.build());
        derive();
        Set<String> one = image.announcements().get(address);
        cluster.put(web);
        derive();
        Set<String> two = image.announcements().get(address);
        only81.getSpecBuilder().setExternalTrafficPolicy("Local");
        cluster.put(only81.build());
        derive();
        Set<String> agreed = image.announcements().get(address);
        cluster.remove(Objects.pod("x", "web-1", 2, "there"));
        derive();

        assertThat(one).containsExactlyInAnyOrder("here", "there", "far");
        assertThat(two).containsExactlyInAnyOrder("here", "there");
        assertThat(agreed).containsExactly("there");
        assertThat(image.announcements()).as("they do not agree").isEmpty();
        assertThat(owner(SHARED).name()).isEqualTo("web");
        assertThat(owner(new Frontend(address, Protocol.TCP, 81)).name()).isEqualTo("db");
        assertThat(image.healthChecks())
                .containsExactly(
                        Map.entry(31_001, new HealthCheck(Kinds.SERVICE.key("x", "web"), 1)));
    }

    @Test
    void aLoadBalancerIsToldOfReadyEndpointsHereOnly() {
        Pod ready = Objects.pod("x", "web-0", 1, "here");
        Pod.Builder leaving = ready.toBuilder();
        leaving.getMetadataBuilder().setDeletionTimestamp(Timestamp.newBuilder().setSeconds(1));
        cluster.put(Objects.node("here", 1))
                .put(ready)
                .put(Objects.pod("x", "web-1", 2, "there"))
                .put(
                        Objects.loadBalancer(
                                Objects.service("x", "web", 1), "198.51.100.1", "Local", 31_001));

        derive();
        NodeImage before = image;
        cluster.put(leaving.build());
        derive();

        assertThat(before.healthChecks().get(31_001))
                .isEqualTo(new HealthCheck(Kinds.SERVICE.key("x", "web"), 1));
        assertThat(image.healthChecks().get(31_001))
                .isEqualTo(new HealthCheck(Kinds.SERVICE.key("x", "web"), 0));
        Backends serving = image.services().get(SHARED);
        assertThat(serving).isNotNull();
        assertThat(serving.endpoints()).as("it serves on").hasSize(1);
    }

    @Test
    void addressesOfSomebodyElsesLoadBalancerAreServedAndNotAnnounced() {
        Service.Builder service =
                Objects.loadBalancer(Objects.service("x", "web", 1), "198.51.100.1", "Cluster", 0)
                        .toBuilder();
        service.getSpecBuilder().setLoadBalancerClass("example.com/bgp");
        cluster.put(Objects.node("here", 1)).put(service.build());

        derive();

        assertThat(image.services()).containsKey(SHARED);
        assertThat(image.announcements()).isEmpty();
    }

    @RepeatedTest(20)
    void anyStepsLeadToTheImageThatOneStepFromNothingGives(RepetitionInfo repetition) {
        long seed = 2025 + repetition.getCurrentRepetition();
        RandomCluster random = new RandomCluster(new Random(seed), cluster);
        List<Attachment> attachments = new ArrayList<>();
        NodeImage applied = image;
        NodeDelta since = NodeDelta.NONE;

        for (int i = 0; i < STEPS; i++) {
            random.change();
            if (random.next(4) == 0) {
                attachments.clear();
                random.localPods()
                        .forEach(
                                (name, number) ->
                                        attachments.add(
                                                attachment(random.namespace(), name, number)));
            }
            if (random.next(3) > 0) {
                NodeImage stepwise = derive(attachments.toArray(Attachment[]::new));
                NodeImage whole =
                        new NodeDeriver(SETTINGS)
                                .derive(NodeImage.EMPTY, cluster.shards(), Map.of(), attachments)
                                .to();
                assertThat(stepwise.services())
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(whole.services());
                assertThat(stepwise.routes())
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(whole.routes());
                assertThat(stepwise.pods()).as("seed %d step %d", seed, i).isEqualTo(whole.pods());
                assertThat(stepwise.groups())
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(whole.groups());
                assertThat(stepwise.announcements())
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(whole.announcements());
                assertThat(stepwise.healthChecks())
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(whole.healthChecks());
                assertThat(stepwise.frontier()).isEqualTo(whole.frontier());

                since = since.then(step.delta(), applied);
                assertThat(withoutShards(since))
                        .as("seed %d step %d", seed, i)
                        .isEqualTo(withoutShards(NodeDelta.between(applied, image)));
                for (Image shard : image.shards().values()) {
                    Image before =
                            applied.shards()
                                    .getOrDefault(shard.shard(), Image.empty(shard.shard()));
                    Delta delta = since.shards().get(shard.shard());
                    assertThat(delta == null ? before : before.apply(delta)).isEqualTo(shard);
                }
                if (random.next(4) == 0) {
                    applied = image;
                    since = NodeDelta.NONE;
                }
            }
        }
        assertThat(image.shards()).isNotEmpty();
    }
}
