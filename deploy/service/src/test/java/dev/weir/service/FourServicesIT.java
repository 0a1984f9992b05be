package dev.weir.service;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weir.broker.ForkedBroker;
import dev.weir.changes.Frontier;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.client.Written;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.CreateSecretRequest;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Secret;
import dev.weir.core.v1.SecretsGrpc;
import dev.weir.dns.v1.NamesGrpc;
import dev.weir.dns.v1.Record;
import dev.weir.dns.v1.ResolveRequest;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import dev.weir.model.Shards;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.ObjectChange;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import dev.weir.policy.v1.GroupMember;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The four services as they are packaged, on a broker, called through the control plane. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FourServicesIT {
    private static final Duration CALL = Duration.ofSeconds(60);

    private static final Node NODE =
            Node.newBuilder()
                    .setMetadata(ObjectMeta.newBuilder().setName("reporting"))
                    .setStatus(
                            NodeStatus.newBuilder()
                                    .addAddresses(
                                            NodeAddress.newBuilder()
                                                    .setType("InternalIP")
                                                    .setAddress("192.0.2.1")))
                    .build();

    @TempDir private static Path directory;
    private final Map<Role, Instance> roles = new EnumMap<>(Role.class);
    private final AtomicInteger number = new AtomicInteger();
    private ForkedBroker broker;
    private WeirClient client;
    private Frontier written = Frontier.EMPTY;

    /** What each said while there was no broker. */
    private final Map<Role, String> probesBefore = new EnumMap<>(Role.class);

    private final Map<Role, ServingStatus> healthBefore = new EnumMap<>(Role.class);
    private FailureException refusedBefore;

    @BeforeAll
    void startServicesThenTheBroker() throws Exception {
        assumeTrue(Files.exists(Instance.JAR), "not packaged: " + Instance.JAR);
        InetSocketAddress kafka = freeAddress();
        String bootstrap = kafka.getHostString() + ":" + kafka.getPort();
        for (Role role : Role.values()) {
            roles.put(role, Instance.start(role, role + "-a", directory, bootstrap));
        }
        for (Role role : Role.values()) {
            roles.get(role).awaitHealth(ServingStatus.NOT_SERVING);
            Await.until(
                    role + " waits for the broker",
                    () -> roles.get(role).probe("ready").contains("Kafka"),
                    roles.get(role)::said);
            probesBefore.put(role, roles.get(role).probe("ready"));
            healthBefore.put(role, roles.get(role).health());
        }
        client = WeirClient.to(roles.get(Role.CONTROL_PLANE).address());
        refusedBefore =
                catchThrowableOfType(
                        FailureException.class, () -> client.list(Kinds.NAMESPACE, "", ""));
        broker =
                ForkedBroker.start(
                        directory.resolve("kafka"),
                        Map.of(),
                        kafka,
                        System.getProperty("java.class.path"));
        for (Instance instance : roles.values()) {
            instance.awaitHealth(ServingStatus.SERVING);
        }
    }

    @AfterAll
    void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        for (Instance instance : roles.values()) {
            instance.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
        }
    }

    @Test
    void beforeTheBrokerTheySayWhatTheyWaitFor() {
        assertThat(probesBefore.values())
                .hasSize(Role.values().length)
                .allSatisfy(
                        probe ->
                                assertThat(probe)
                                        .startsWith("503 ")
                                        .contains("DOWN")
                                        .contains("Kafka"));
        assertThat(healthBefore.values()).containsOnly(ServingStatus.NOT_SERVING);
        assertThat(refusedBefore).hasMessageContaining("Kafka");
    }

    @Test
    void readyTheySayWhoWritesWhat() throws Exception {
        assertThat(roles.get(Role.CONTROL_PLANE).probe("ready"))
                .startsWith("200 ")
                .contains("writer of shard control")
                .contains("writer of shard secret")
                .contains("control.revision")
                .contains("endpoint-service-a at unix://");
        assertThat(roles.get(Role.POLICY_SERVICE).probe("live")).startsWith("200 ");
    }

    /** Who does not read Secrets does not know who writes them, but who knows. */
    @Test
    void aSecretIsWrittenAtAnyService() {
        String space = namespace();
        Secret secret =
                Secret.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setNamespace(space).setName("tls"))
                        .putStringData("password", "x")
                        .build();

        SecretsGrpc.newBlockingStub(roles.get(Role.POLICY_SERVICE).channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                .create(CreateSecretRequest.newBuilder().setObject(secret).build());

        assertThat(client.list(Kinds.SECRET, space, "").items())
                .extracting(found -> ((Secret) found).getDataOrThrow("password").toStringUtf8())
                .containsExactly("x");
    }

    @Test
    void topicsThatAreNotAsTheyHaveToBeAreToldOf() throws Exception {
        try (Instance strict =
                Instance.start(
                        Role.POLICY_SERVICE,
                        "strict",
                        directory,
                        broker.bootstrap(),
                        "-Dweir.kafka.replicas=3")) {

            Await.until(
                    "it says what is wrong",
                    () -> strict.probe("ready").contains("replica"),
                    strict::said);

            assertThat(strict.probe("ready")).startsWith("503 ").contains(".state.v1");
            assertThat(strict.health()).isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void whatIsAppliedIsDerivedByTheOthers() throws Exception {
        String space = namespace();
        String address = address();
        Written service = create(service(space, "web"));
        create(pod(space, address));
        create(policy(space));

        WaitProgrammedResponse last = null;
        try (var wait = client.waitProgrammed(written, true, List.of(), CALL)) {
            while (wait.hasNext()) {
                last = wait.next();
            }
        }

        assertThat(last).isNotNull();
        assertThat(last.getProgrammed()).isTrue();
        assertThat(addresses(space)).contains(address);
        assertThat(memberAddresses()).contains(address);
        var answer =
                NamesGrpc.newBlockingStub(roles.get(Role.CONTROL_PLANE).channel())
                        .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                        .resolve(
                                ResolveRequest.newBuilder()
                                        .setName("web." + space + ".svc.cluster.local")
                                        .setAfter(of(service.commit()).toProto())
                                        .build());
        assertThat(answer.getAnswersList())
                .extracting(Record::getData)
                .containsExactly(((Service) service.object()).getSpec().getClusterIp());
    }

    @Test
    void whatANodeReportsIsItsStatus() throws Exception {
        var joined = agents().join(JoinRequest.newBuilder().setNode(NODE).build());

        assertThat(joined.getClusterDomain()).isEqualTo("cluster.local");
        reportGoesRound("no room");
    }

    private AgentsGrpc.AgentsBlockingStub agents() {
        return AgentsGrpc.newBlockingStub(roles.get(Role.CONTROL_PLANE).channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS);
    }

    private void reportGoesRound(String reason) throws Exception {
        Problem problem = Problem.newBuilder().setReason(reason).build();
        ReportRequest report =
                ReportRequest.newBuilder().setNodeName("reporting").addProblems(problem).build();

        agents().report(report);

        Await.until(
                "the report has gone round",
                () ->
                        agents().status(StatusRequest.getDefaultInstance()).getNodesList().stream()
                                .anyMatch(node -> node.getProblemsList().contains(problem)),
                () -> agents().status(StatusRequest.getDefaultInstance()).toString());
    }

    /** An agent that holds its call open at some service, and echoes who asks. */
    private void answerAt(Role role, CountDownLatch ended) {
        AtomicReference<StreamObserver<AgentAnswer>> out = new AtomicReference<>();
        out.set(
                AgentsGrpc.newStub(roles.get(role).channel())
                        .answer(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(AgentQuestion question) {
                                        out.get()
                                                .onNext(
                                                        AgentAnswer.newBuilder()
                                                                .setId(question.getId())
                                                                .setWhy(
                                                                        WhyResponse.newBuilder()
                                                                                .setNode("asked")
                                                                                .setReason(
                                                                                        role
                                                                                                .name()))
                                                                .build());
                                    }

                                    @Override
                                    public void onError(Throwable thrown) {
                                        ended.countDown();
                                    }

                                    @Override
                                    public void onCompleted() {
                                        ended.countDown();
                                    }
                                }));
        out.get().onNext(AgentAnswer.newBuilder().setNodeName("asked").build());
    }

    private WhyResponse why(Role at) {
        return AgentsGrpc.newBlockingStub(roles.get(at).channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                .why(WhyRequest.newBuilder().setSource("node/asked").setDestination("web").build());
    }

    @Test
    void aQuestionReachesItsAgentThroughAnyService() throws Exception {
        Node asked = NODE.toBuilder().setMetadata(ObjectMeta.newBuilder().setName("asked")).build();
        agents().join(JoinRequest.newBuilder().setNode(asked).build());
        CountDownLatch ended = new CountDownLatch(1);
        answerAt(Role.POLICY_SERVICE, ended);

        assertThat(why(Role.DNS_SERVICE).getReason()).isEqualTo(Role.POLICY_SERVICE.name());
        assertThat(why(Role.CONTROL_PLANE).getNode()).isEqualTo("asked");

        roles.get(Role.CONTROL_PLANE).kill();
        roles.get(Role.CONTROL_PLANE).startAgain();
        roles.get(Role.CONTROL_PLANE).awaitHealth(ServingStatus.SERVING);
        assertThat(ended.await(CALL.toSeconds(), SECONDS)).as("its call ends").isTrue();
        answerAt(Role.CONTROL_PLANE, new CountDownLatch(1));

        assertThat(why(Role.ENDPOINT_SERVICE).getReason()).isEqualTo(Role.CONTROL_PLANE.name());
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void aServiceThatIsKilledGoesOnWhereItWas(Role role) throws Exception {
        String space = namespace();
        Written before = create(service(space, "before"));

        roles.get(role).kill();
        roles.get(role).startAgain();
        roles.get(role).awaitHealth(ServingStatus.SERVING);

        Written after = create(service(space, "after"));
        create(pod(space, address()));
        create(policy(space));
        assertThat(client.list(Kinds.SERVICE, space, "").items()).hasSize(2);
        assertThat(after.commit().getLogId()).isEqualTo(before.commit().getLogId());
    }

    @Test
    void whatWasAcknowledgedSurvivesTheBrokersEnd() throws Exception {
        Map<String, Commit> acknowledged = new ConcurrentHashMap<>();
        Set<Thread> writers = ConcurrentHashMap.newKeySet();
        var stopped = new AtomicBoolean();
        for (int i = 0; i < 4; i++) {
            writers.add(Thread.ofVirtual().start(() -> writeUntil(stopped, acknowledged)));
        }
        try {
            Await.until(
                    "100 writes",
                    () -> acknowledged.size() > 100,
                    () -> acknowledged.size() + " so far");

            broker.restart();

            int there = acknowledged.size();
            Await.until(
                    "writes go on",
                    () -> acknowledged.size() > there + 100,
                    () -> roles.get(Role.CONTROL_PLANE).said());
        } finally {
            stopped.set(true);
            for (Thread writer : writers) {
                assertThat(writer.join(CALL)).as("a writer ends").isTrue();
            }
        }
        agents().join(JoinRequest.newBuilder().setNode(NODE).build());
        reportGoesRound("no room after the broker's end");
        List<String> found = new ArrayList<>();
        client.list(Kinds.NAMESPACE, "", "")
                .items()
                .forEach(item -> found.add(((Namespace) item).getMetadata().getName()));
        assertThat(found).containsAll(acknowledged.keySet());
    }

    @Test
    void aRequestToStopEndsItAndLeavesNoSocket() throws Exception {
        Instance instance = roles.get(Role.DNS_SERVICE);

        int exit = instance.terminate();

        assertThat(exit).isIn(0, 143);
        assertThat(instance.socket()).doesNotExist();
        instance.startAgain();
        instance.awaitHealth(ServingStatus.SERVING);
    }

    private void writeUntil(AtomicBoolean stopped, Map<String, Commit> acknowledged) {
        while (!stopped.get()) {
            String name = "load-" + number.incrementAndGet();
            try {
                acknowledged.put(name, client.create(namespace(name), WriteOptions.NONE).commit());
            } catch (FailureException notAcknowledged) {
                // It may be there or not; nobody was told.
            }
        }
    }

    private String namespace() {
        String name = "space-" + number.incrementAndGet();
        create(namespace(name));
        return name;
    }

    /** After everything that was created this way before, whichever shard it is in. */
    private Written create(Message object) {
        Written created = client.create(object, WriteOptions.after(written));
        written = written.max(of(created.commit()));
        return created;
    }

    private String address() {
        return "10.244.8." + number.incrementAndGet();
    }

    private List<String> addresses(String space) {
        return client.list(Kinds.ENDPOINT_SLICE, space, "").items().stream()
                .map(EndpointSlice.class::cast)
                .flatMap(slice -> slice.getEndpointsList().stream())
                .map(Endpoint::getAddressesList)
                .flatMap(List::stream)
                .toList();
    }

    /** Of the policy shard's groups, as an agent gets them. */
    private List<String> memberAddresses() throws InvalidProtocolBufferException {
        List<String> addresses = new ArrayList<>();
        var shard =
                agents().follow(
                                FollowRequest.newBuilder()
                                        .setNodeName("reader")
                                        .addShards(Shards.POLICY)
                                        .build());
        boolean more = true;
        while (more) {
            FollowResponse part = shard.next();
            for (ObjectChange change : part.getChangesList()) {
                if (change.getPut().is(GroupMember.class)) {
                    addresses.addAll(change.getPut().unpack(GroupMember.class).getAddressesList());
                }
            }
            more = part.getMore();
        }
        return addresses;
    }

    private static Message namespace(String name) {
        return object("{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(name));
    }

    private static Message service(String space, String name) {
        return object(
                """
                apiVersion: v1
                kind: Service
                metadata: {namespace: %s, name: %s}
                spec: {selector: {app: web}, ports: [{port: 80}]}
                """
                        .formatted(space, name));
    }

    private static Message pod(String space, String address) {
        return object(
                """
                apiVersion: v1
                kind: Pod
                metadata: {namespace: %s, name: web-1, labels: {app: web}}
                spec: {containers: [{name: web}]}
                status:
                  phase: Running
                  podIP: %s
                  podIPs: [{ip: %s}]
                  conditions: [{type: Ready, status: "True"}]
                """
                        .formatted(space, address, address));
    }

    private static Message policy(String space) {
        return object(
                """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {namespace: %s, name: friends}
                spec:
                  podSelector: {}
                  policyTypes: [Ingress]
                  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]
                """
                        .formatted(space));
    }

    private static Message object(String yaml) {
        var parsed = Manifests.parse("test", yaml);
        assertThat(parsed.problems()).isEmpty();
        return parsed.manifests().getFirst().object();
    }

    private static Frontier of(Commit commit) {
        return Frontier.of(commit.getLogId(), commit.getShard(), commit.getRevision());
    }
}
