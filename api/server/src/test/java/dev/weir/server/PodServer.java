package dev.weir.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodResponse;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.PodsGrpc.PodsBlockingStub;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.sqlite.SqliteLogStore;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** The service of pods over gRPC, with SQLite below, and a second shard that nobody serves. */
final class PodServer implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final int DEADLINE_SECONDS = 20;

    final Shard control;
    final Shard endpoint;
    final ManagedChannel channel;
    private final SqliteLogStore logs;
    private final Server server;

    /**
     * @param history changes that the control shard keeps
     */
    static PodServer open(Path directory, int history) throws IOException {
        return new PodServer(directory, history);
    }

    private PodServer(Path directory, int history) throws IOException {
        logs = SqliteLogStore.open(directory);
        control =
                Shard.open(
                        "control",
                        logs.shard("control"),
                        new ShardConfig(
                                "test",
                                ShardConfig.QUEUE,
                                ShardConfig.GROUP,
                                history,
                                ShardConfig.MAX_WAIT,
                                ShardConfig.CLOSE_WAIT));
        endpoint = Shard.open("endpoint", logs.shard("endpoint"), ShardConfig.of("test"));
        String name = InProcessServerBuilder.generateName();
        server =
                InProcessServerBuilder.forName(name)
                        .addService(
                                new ResourceService(
                                        PodsGrpc.getServiceDescriptor(),
                                        Kinds.POD,
                                        control,
                                        new ShardDirectory(List.of(control, endpoint)),
                                        new Rules(),
                                        Clock.fixed(NOW, ZoneOffset.UTC)))
                        .build()
                        .start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    PodsBlockingStub pods() {
        return PodsGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, SECONDS);
    }

    static Pod pod(String namespace, String name) {
        return Pod.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace(namespace).setName(name))
                .setSpec(PodSpec.newBuilder().setHostname("first"))
                .build();
    }

    static Pod labelled(Pod pod, String key, String value) {
        Pod.Builder labelled = pod.toBuilder();
        labelled.getMetadataBuilder().putLabels(key, value);
        return labelled.build();
    }

    PodResponse create(Pod pod) {
        return pods().create(CreatePodRequest.newBuilder().setObject(pod).build());
    }

    long delete(String namespace, String name) {
        return pods().delete(
                        DeleteRequest.newBuilder().setNamespace(namespace).setName(name).build())
                .getCommit()
                .getRevision();
    }

    /** What an error says to programs. */
    static ErrorInfo info(StatusRuntimeException error) {
        return detail(error, ErrorInfo.class);
    }

    static BadRequest violations(StatusRuntimeException error) {
        return detail(error, BadRequest.class);
    }

    private static <M extends Message> M detail(StatusRuntimeException error, Class<M> type) {
        for (var detail : StatusProto.fromThrowable(error).getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return detail.unpack(type);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + error);
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        if (!server.awaitTermination(DEADLINE_SECONDS, SECONDS)) {
            throw new AssertionError("the server has not ended after " + DEADLINE_SECONDS + " s");
        }
        control.close();
        endpoint.close();
        logs.close();
    }

    /** Refuses pods without a hostname, deletes some late, and some never. */
    private static final class Rules implements Admission {
        @Override
        public Judgement<Pod> admit(Pending pending, Optional<Message> old, Message requested) {
            Pod pod = (Pod) requested;
            List<FieldError> errors =
                    pod.getSpec().getHostname().isEmpty()
                            ? List.of(FieldError.required("spec.hostname", "say one"))
                            : List.of();
            if (pod.getMetadata().getName().equals("bug")) {
                throw new IllegalStateException("a mistake in admission");
            }
            return Judgement.of(Kinds.POD, pod.getMetadata().getName(), pod, errors);
        }

        @Override
        public Optional<Failure> mayDelete(Pending pending, Message old) {
            return ((Pod) old).getMetadata().getName().equals("kept")
                    ? Optional.of(Failure.of(Reason.FORBIDDEN, "this pod may not be deleted"))
                    : Optional.empty();
        }

        @Override
        public Optional<Message> onDelete(Pending pending, Message old) {
            Pod pod = (Pod) old;
            if (!pod.getMetadata().getName().equals("late")) {
                return Optional.empty();
            }
            Pod.Builder marked = pod.toBuilder();
            marked.getMetadataBuilder()
                    .setDeletionTimestamp(Timestamp.newBuilder().setSeconds(NOW.getEpochSecond()));
            return Optional.of(marked.build());
        }
    }
}
