package dev.weir.control;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.Stored;
import dev.weir.control.admission.NodeAdmission;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.Write;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Judgement;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.ClaimBlockRequest;
import dev.weir.node.v1.ClaimBlockResponse;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.JoinResponse;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.ReportResponse;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.StatusResponse;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.server.ShardDirectory;
import dev.weir.server.StatusMapper;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Serves {@code weir.node.v1.Agents}. Every call runs on virtual threads of its own. */
public final class AgentsService extends AgentsGrpc.AgentsImplBase {
    private static final Executor VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();

    private final Shard control;
    private final ShardDirectory shards;
    private final NodeRegistry registry;
    private final ClusterSettings settings;
    private final BlockClaims blocks;
    private final ProgrammedWait wait;
    private final Clock clock;

    public AgentsService(
            Shard control,
            ShardDirectory shards,
            NodeRegistry registry,
            ClusterSettings settings,
            Clock clock) {
        this.control = control;
        this.shards = shards;
        this.registry = registry;
        this.settings = settings;
        this.blocks = new BlockClaims(settings.podCidrs());
        this.wait = new ProgrammedWait(shards, registry);
        this.clock = clock;
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinResponse> out) {
        unary(
                out,
                () -> {
                    Node node = request.getNode();
                    if (node.getMetadata().getName().isEmpty()
                            || node.getStatus().getAddressesCount() == 0) {
                        throw Failure.of(
                                        Reason.BAD_REQUEST,
                                        "node: a name and at least one address are needed")
                                .asException();
                    }
                    control.write(new JoinWrite(node)).join();
                    registry.joined(node.getMetadata().getName(), request.getInstance());
                    return settings.toJoinResponse();
                });
    }

    @Override
    public void follow(FollowRequest request, StreamObserver<FollowResponse> out) {
        var call = (ServerCallStreamObserver<FollowResponse>) out;
        call.setOnCancelHandler(() -> {});
        FollowStream stream = new FollowStream(call);
        Frontier resume = Frontier.of(request.getResume());
        guarded(
                out,
                () -> {
                    if (request.getShardsCount() == 0) {
                        throw Failure.of(Reason.BAD_REQUEST, "shards: at least one is needed")
                                .asException();
                    }
                    List<ShardReader> readers =
                            request.getShardsList().stream().map(shards::reader).toList();
                    readers.forEach(reader -> VIRTUAL.execute(() -> stream.follow(reader, resume)));
                });
    }

    @Override
    public void claimBlock(ClaimBlockRequest request, StreamObserver<ClaimBlockResponse> out) {
        unary(
                out,
                () -> {
                    var write =
                            blocks.claim(
                                    request.getNodeName(), request.getRequestId(), clock.instant());
                    return ClaimBlockResponse.newBuilder()
                            .setBlock(control.write(write).join().answer())
                            .build();
                });
    }

    @Override
    public void report(ReportRequest request, StreamObserver<ReportResponse> out) {
        unary(
                out,
                () -> {
                    registry.report(
                            request.getNodeName(),
                            new NodeRegistry.NodeState(
                                    request.getInstance(),
                                    Frontier.of(request.getProgrammed()),
                                    request.getProblemsList(),
                                    System.nanoTime()));
                    return acknowledged();
                });
    }

    private ReportResponse acknowledged() {
        Frontier least = null;
        boolean unreachable = false;
        for (var node : wait.nodes()) {
            unreachable |= !node.reachable();
            if (node.reachable()) {
                least = least == null ? node.programmed() : least.min(node.programmed());
            }
        }
        return ReportResponse.newBuilder()
                .setAcknowledged((least == null ? Frontier.EMPTY : least).toProto())
                .setNodesUnreachable(unreachable)
                .build();
    }

    @Override
    public void waitProgrammed(
            WaitProgrammedRequest request, StreamObserver<WaitProgrammedResponse> out) {
        var call = (ServerCallStreamObserver<WaitProgrammedResponse>) out;
        call.setOnCancelHandler(() -> {});
        VIRTUAL.execute(
                () ->
                        guarded(
                                out,
                                () -> {
                                    wait.run(request, out::onNext, call::isCancelled);
                                    if (!call.isCancelled()) {
                                        out.onCompleted();
                                    }
                                }));
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
        unary(
                out,
                () -> {
                    StatusResponse.Builder status =
                            StatusResponse.newBuilder().setHead(shards.head().toProto());
                    wait.nodes()
                            .forEach(
                                    node ->
                                            status.addNodes(
                                                    NodeReport.newBuilder()
                                                            .setNodeName(node.name())
                                                            .setReachable(node.reachable())
                                                            .setProgrammed(
                                                                    node.programmed().toProto())
                                                            .addAllProblems(node.problems())));
                    return status.build();
                });
    }

    private static <R> void unary(StreamObserver<R> out, Body<R> body) {
        VIRTUAL.execute(
                () ->
                        guarded(
                                out,
                                () -> {
                                    out.onNext(body.answer());
                                    out.onCompleted();
                                }));
    }

    private static void guarded(StreamObserver<?> out, Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.onError(Status.UNAVAILABLE.withDescription("the server is stopping").asException());
        } catch (RuntimeException e) {
            out.onError(StatusMapper.toStatus(e));
        }
    }

    private interface Body<R> {
        R answer() throws InterruptedException;
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    /** Creates the Node, or renews its addresses. Writes nothing when nothing changed. */
    private final class JoinWrite implements Write<Node> {
        private final Node joining;

        JoinWrite(Node joining) {
            this.joining = joining;
        }

        @Override
        public Decision<Node> decide(Pending pending) {
            Key key = Kinds.NODE.key("", joining.getMetadata().getName());
            Optional<Node> old = pending.image().get(key).map(Stored::value).map(Node.class::cast);
            Node.Builder asked =
                    old.map(Node::toBuilder)
                            .orElseGet(() -> Node.newBuilder().setMetadata(created(key.name())));
            asked.getStatusBuilder()
                    .clearAddresses()
                    .addAllAddresses(joining.getStatus().getAddressesList());
            return switch (NodeAdmission.admit(old, asked.build())) {
                case Judgement.Refused<Node>(var failure) -> new Decision.Refuse<>(failure);
                case Judgement.Accepted<Node>(var node) when Optional.of(node).equals(old) ->
                        new Decision.Accept<>(new TreeMap<>(), Frontier.EMPTY, node);
                case Judgement.Accepted<Node>(var node) -> put(key, node, pending.revision());
            };
        }

        private static Decision<Node> put(Key key, Node node, long revision) {
            Node.Builder stamped = node.toBuilder();
            stamped.getMetadataBuilder().setResourceVersion(Long.toString(revision));
            Map<Key, Optional<Message>> changes = Map.of(key, Optional.of(stamped.build()));
            return new Decision.Accept<>(new TreeMap<>(changes), Frontier.EMPTY, stamped.build());
        }

        private ObjectMeta created(String name) {
            return ObjectMeta.newBuilder()
                    .setName(name)
                    .setUid(UUID.randomUUID().toString())
                    .setGeneration(1)
                    .setCreationTimestamp(
                            Timestamp.newBuilder().setSeconds(clock.instant().getEpochSecond()))
                    .build();
        }

        @Override
        public Node repeated(Image durable, long revision) {
            return joining;
        }
    }
}
