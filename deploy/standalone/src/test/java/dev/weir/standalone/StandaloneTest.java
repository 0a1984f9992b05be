package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.weir.core.v1.CreateNamespaceRequest;
import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.dns.v1.NamesGrpc;
import dev.weir.dns.v1.Record;
import dev.weir.dns.v1.ResolveRequest;
import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.events.v1.FollowRequest;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.net.v1.CreateEndpointSliceRequest;
import dev.weir.net.v1.CreateServiceRequest;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.EndpointSlicesGrpc;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.RenewLeaseRequest;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.StatusRequest;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole process, called through its socket as any client would. */
@QuarkusTest
@TestProfile(InTemporaryDirectory.class)
class StandaloneTest {
    private static final int TIMEOUT_SECONDS = 10;

    @Inject StandaloneConfig config;
    private NioEventLoopGroup loop;
    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        loop = new NioEventLoopGroup(1);
        channel =
                NettyChannelBuilder.forAddress(
                                UnixDomainSocketAddress.of(config.data().resolve("weir.sock")))
                        .channelType(NioDomainSocketChannel.class)
                        .withOption(io.netty.channel.ChannelOption.SO_KEEPALIVE, null)
                        .eventLoopGroup(loop)
                        .usePlaintext()
                        .build();
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static List<String> expectedServices() {
        return Stream.concat(
                        Stream.of(
                                AgentsGrpc.SERVICE_NAME,
                                LeasesGrpc.SERVICE_NAME,
                                NamesGrpc.SERVICE_NAME,
                                EventsGrpc.SERVICE_NAME),
                        Kinds.ALL.stream()
                                .filter(kind -> !kind.internal())
                                .map(Kind::prototype)
                                .flatMap(
                                        message ->
                                                message
                                                        .getDescriptorForType()
                                                        .getFile()
                                                        .getServices()
                                                        .stream())
                                .map(ServiceDescriptor::getFullName))
                .distinct()
                .toList();
    }

    @Test
    void everyServiceOfTheApiIsHealthy() {
        var health =
                HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);

        assertThat(expectedServices())
                .hasSizeGreaterThan(1)
                .allSatisfy(
                        service ->
                                assertThat(
                                                health.check(
                                                                HealthCheckRequest.newBuilder()
                                                                        .setService(service)
                                                                        .build())
                                                        .getStatus())
                                        .isEqualTo(ServingStatus.SERVING));
    }

    @Test
    void reflectionListsEveryServiceOfTheApi() throws Exception {
        var listed = new CompletableFuture<List<String>>();
        StreamObserver<ServerReflectionRequest> questions =
                ServerReflectionGrpc.newStub(channel)
                        .serverReflectionInfo(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(ServerReflectionResponse answer) {
                                        listed.complete(
                                                answer
                                                        .getListServicesResponse()
                                                        .getServiceList()
                                                        .stream()
                                                        .map(ServiceResponse::getName)
                                                        .toList());
                                    }

                                    @Override
                                    public void onError(Throwable thrown) {
                                        listed.completeExceptionally(thrown);
                                    }

                                    @Override
                                    public void onCompleted() {}
                                });

        questions.onNext(ServerReflectionRequest.newBuilder().setListServices("*").build());

        assertThat(listed.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).containsAll(expectedServices());
        questions.onCompleted();
    }

    @Test
    void whatIsWrittenCanBeRead() {
        var namespaces =
                NamespacesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        Namespace shop =
                Namespace.newBuilder().setMetadata(ObjectMeta.newBuilder().setName("shop")).build();

        var written =
                namespaces.create(CreateNamespaceRequest.newBuilder().setObject(shop).build());

        assertThat(namespaces.get(GetRequest.newBuilder().setName("shop").build()).getObject())
                .isEqualTo(written.getObject());
    }

    @Test
    void whatANodeReportsIsItsStatus() {
        var agents =
                AgentsGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        Node node =
                Node.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName("reporting"))
                        .setStatus(
                                NodeStatus.newBuilder()
                                        .addAddresses(
                                                NodeAddress.newBuilder()
                                                        .setType("InternalIP")
                                                        .setAddress("192.0.2.1")))
                        .build();
        var joined = agents.join(JoinRequest.newBuilder().setNode(node).build());
        var problem = Problem.newBuilder().setReason("no room").build();

        var acknowledged =
                agents.report(
                        ReportRequest.newBuilder()
                                .setNodeName("reporting")
                                .addProblems(problem)
                                .build());

        assertThat(joined.getClusterDomain()).isEqualTo("cluster.local");
        assertThat(acknowledged.getNodesUnreachable()).isFalse();
        assertThat(agents.status(StatusRequest.getDefaultInstance()).getNodesList())
                .filteredOn(report -> report.getNodeName().equals("reporting"))
                .singleElement()
                .satisfies(report -> assertThat(report.getProblemsList()).containsOnly(problem));
    }

    @Test
    void aServiceThatIsWrittenHasAName() {
        var services =
                ServicesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        Service web =
                Service.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder().setNamespace("default").setName("named"))
                        .setSpec(
                                ServiceSpec.newBuilder()
                                        .addPorts(ServicePort.newBuilder().setPort(80)))
                        .build();

        var written = services.create(CreateServiceRequest.newBuilder().setObject(web).build());

        var names =
                NamesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        ResolveRequest question =
                ResolveRequest.newBuilder().setName("named.default.svc.cluster.local").build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        var answer = names.resolve(question);
        while (answer.getAnswersCount() == 0 && System.nanoTime() < deadline) {
            answer = names.resolve(question);
        }
        assertThat(answer.getAnswersList())
                .extracting(Record::getData)
                .containsExactly(written.getObject().getSpec().getClusterIp());
    }

    @Test
    void whatIsWrittenBecomesAnEvent() {
        var namespaces =
                NamespacesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        var events =
                EventsGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .follow(
                                FollowRequest.newBuilder()
                                        .addKinds("Namespace")
                                        .setChangesOnly(true)
                                        .build());
        assertThat(events.next().hasReached()).isTrue();

        namespaces.create(
                CreateNamespaceRequest.newBuilder()
                        .setObject(
                                Namespace.newBuilder()
                                        .setMetadata(ObjectMeta.newBuilder().setName("told")))
                        .build());

        CloudEvent event = events.next().getChange();
        assertThat(event.getType()).isEqualTo("weir.core.namespace.v1.changed");
        assertThat(event.getSource()).isEqualTo("//weir/control-plane");
        assertThat(event.getSubject()).isEqualTo("told");
    }

    /** Of an endpoint that no agent watches over. */
    @Test
    void aRegistrationThatNobodyRenewsGoes() throws Exception {
        var slices = EndpointSlicesGrpc.newBlockingStub(channel);
        var leases = LeasesGrpc.newBlockingStub(channel);
        var registration =
                CreateEndpointSliceRequest.newBuilder()
                        .setObject(
                                EndpointSlice.newBuilder()
                                        .setMetadata(
                                                ObjectMeta.newBuilder()
                                                        .setNamespace("default")
                                                        .setName("vm-1")
                                                        .putAnnotations(
                                                                "weir.dev/lease-seconds", "2"))
                                        .setAddressType("IPv4"))
                        .build();
        var there = GetRequest.newBuilder().setNamespace("default").setName("vm-1").build();
        var renewal =
                RenewLeaseRequest.newBuilder().setNamespace("default").setName("vm-1").build();

        slices.create(registration);
        for (int i = 0; i < 4; i++) {
            Thread.sleep(1000);
            leases.renew(renewal);
        }
        long kept = slices.get(there).getCommit().getRevision();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (isThere(slices, there)) {
            assertThat(System.nanoTime()).as("the lease ends").isLessThan(deadline);
            Thread.sleep(50);
        }

        var again = slices.create(registration);
        assertThat(again.getCommit().getRevision()).isGreaterThan(kept);
    }

    private static boolean isThere(
            EndpointSlicesGrpc.EndpointSlicesBlockingStub slices, GetRequest request) {
        try {
            return slices.get(request).hasObject();
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() != Status.Code.NOT_FOUND;
        }
    }
}
