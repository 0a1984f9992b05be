package dev.weir.control;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
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
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.ClaimBlockRequest;
import dev.weir.node.v1.ClaimBlockResponse;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.JoinResponse;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import dev.weir.server.Calls;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What only the writer of the control shard does of {@code weir.node.v1.Agents}: it writes, and it
 * is the one place where every agent can be asked.
 */
public final class AgentWrites extends AgentsGrpc.AgentsImplBase implements AutoCloseable {
    private final Shard control;
    private final NodeRegistry registry;
    private final NodeReports reports;
    private final ClusterSettings settings;
    private final BlockClaims blocks;
    private final Clock clock;
    private final Respondents respondents = new Respondents();

    public AgentWrites(
            Shard control,
            NodeRegistry registry,
            NodeReports reports,
            ClusterSettings settings,
            Clock clock) {
        this.control = control;
        this.registry = registry;
        this.reports = reports;
        this.settings = settings;
        this.blocks = new BlockClaims(settings.podCidrs());
        this.clock = clock;
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinResponse> out) {
        Calls.unary(
                out,
                () -> {
                    Node node = request.getNode();
                    if (!request.getProxy().isEmpty()) {
                        Carrier.checkProxy(request.getProxy());
                        signOfLife(node.getMetadata().getName(), request);
                        return settings.toJoinResponse();
                    }
                    String name = node.getMetadata().getName();
                    if (name.isEmpty() || node.getStatus().getAddressesCount() == 0) {
                        throw Failure.of(
                                        Reason.BAD_REQUEST,
                                        "node: a name and at least one address are needed")
                                .asException();
                    }
                    control.write(new JoinWrite(node)).join();
                    signOfLife(name, request);
                    return settings.toJoinResponse();
                });
    }

    /** From somebody who has yet to report; of another start, so that nothing holds of before. */
    private void signOfLife(String node, JoinRequest request) {
        String name = request.getProxy().isEmpty() ? node : request.getProxy();
        if (!registry.state(name).instance().equals(request.getInstance())) {
            reports.publish(
                    ReportRequest.newBuilder()
                            .setNodeName(node)
                            .setProxy(request.getProxy())
                            .setInstance(request.getInstance())
                            .build());
        }
    }

    @Override
    public void claimBlock(ClaimBlockRequest request, StreamObserver<ClaimBlockResponse> out) {
        Calls.unary(
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
    public StreamObserver<AgentAnswer> answer(StreamObserver<AgentQuestion> out) {
        return respondents.open(out);
    }

    @Override
    public void why(WhyRequest request, StreamObserver<WhyResponse> out) {
        Calls.unary(out, () -> respondents.why(control.image(), request));
    }

    /** Ends the calls by which agents are asked. */
    @Override
    public void close() {
        respondents.close();
    }

    /**
     * Creates the Node, or renews its addresses and what it has. Writes nothing when nothing
     * changed.
     */
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
                    .addAllAddresses(joining.getStatus().getAddressesList())
                    .putAllCapacity(joining.getStatus().getCapacityMap())
                    .putAllAllocatable(joining.getStatus().getAllocatableMap());
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
