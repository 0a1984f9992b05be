package dev.weir.control;

import dev.weir.changes.Frontier;
import dev.weir.changes.ShardReader;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Shards;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.ReportResponse;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.StatusResponse;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.server.Calls;
import dev.weir.server.ShardDirectory;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Serves {@code weir.node.v1.Agents} as far as reading goes, which every replica of the control
 * plane can; {@link #with} makes it whole.
 */
public final class AgentsService extends AgentsGrpc.AgentsImplBase {
    private static final Set<String> WRITERS = Set.of("Join", "ClaimBlock", "Why", "Answer");

    private final ShardDirectory shards;
    private final NodeReports reports;
    private final ProgrammedWait wait;

    /**
     * @param shards all of them; that of Secrets is waited for and not given out
     * @param registry hears of what is published with the reports
     */
    public AgentsService(ShardDirectory shards, NodeRegistry registry, NodeReports reports) {
        this.shards = shards;
        this.reports = reports;
        this.wait = new ProgrammedWait(shards, registry);
    }

    /**
     * The whole service.
     *
     * @param writer serves what is written, Join and ClaimBlock, and what has to be in one place,
     *     Why and Answer
     */
    public BindableService with(BindableService writer) {
        return () -> {
            var whole = ServerServiceDefinition.builder(AgentsGrpc.getServiceDescriptor());
            ServerServiceDefinition reads = bindService();
            ServerServiceDefinition writes = writer.bindService();
            for (var method : AgentsGrpc.getServiceDescriptor().getMethods()) {
                var from = WRITERS.contains(method.getBareMethodName()) ? writes : reads;
                whole.addMethod(Objects.requireNonNull(from.getMethod(method.getFullMethodName())));
            }
            return whole.build();
        };
    }

    @Override
    public void follow(FollowRequest request, StreamObserver<FollowResponse> out) {
        var call = (ServerCallStreamObserver<FollowResponse>) out;
        FollowStream stream = new FollowStream(call);
        Frontier resume = Frontier.of(request.getResume());
        Calls.stream(
                call,
                () -> {
                    if (request.getShardsCount() == 0) {
                        throw Failure.of(Reason.BAD_REQUEST, "shards: at least one is needed")
                                .asException();
                    }
                    if (request.getShardsList().contains(Shards.SECRET)) {
                        throw Failure.of(
                                        Reason.BAD_REQUEST,
                                        "shards: shard secret cannot be followed")
                                .asException();
                    }
                    List<ShardReader> readers =
                            request.getShardsList().stream().map(shards::reader).toList();
                    readers.forEach(
                            reader ->
                                    Thread.startVirtualThread(() -> stream.follow(reader, resume)));
                });
    }

    @Override
    public void report(ReportRequest request, StreamObserver<ReportResponse> out) {
        Calls.unary(
                out,
                () -> {
                    Carrier.checkProxy(request.getProxy());
                    reports.publish(request);
                    return acknowledged();
                });
    }

    private ReportResponse acknowledged() {
        List<Carrier> carriers = wait.carriers();
        return ReportResponse.newBuilder()
                .setAcknowledged(Carriers.everywhere(carriers).toProto())
                .setNodesUnreachable(!carriers.stream().allMatch(Carrier::reachable))
                .build();
    }

    @Override
    public void waitProgrammed(
            WaitProgrammedRequest request, StreamObserver<WaitProgrammedResponse> out) {
        var call = (ServerCallStreamObserver<WaitProgrammedResponse>) out;
        Calls.stream(
                call,
                () -> {
                    wait.run(request, out::onNext, call::isCancelled);
                    if (!call.isCancelled()) {
                        out.onCompleted();
                    }
                });
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
        Calls.unary(
                out,
                () -> {
                    StatusResponse.Builder status =
                            StatusResponse.newBuilder().setHead(shards.head().toProto());
                    wait.carriers()
                            .forEach(
                                    carrier ->
                                            status.addNodes(
                                                    NodeReport.newBuilder()
                                                            .setNodeName(carrier.node())
                                                            .setProxy(carrier.proxy().orElse(""))
                                                            .setReachable(carrier.reachable())
                                                            .setProgrammed(
                                                                    carrier.programmed().toProto())
                                                            .addAllProblems(carrier.problems())));
                    return status.build();
                });
    }
}
