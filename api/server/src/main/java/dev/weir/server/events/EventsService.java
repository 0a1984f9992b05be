package dev.weir.server.events;

import dev.weir.changes.Frontier;
import dev.weir.changes.ShardReader;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.events.v1.FollowRequest;
import dev.weir.events.v1.FollowResponse;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Kind;
import dev.weir.server.Calls;
import dev.weir.server.PacedCall;
import dev.weir.server.ShardDirectory;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Events as a stream, from the shards that are read here: any process that reads them all serves
 * it, whoever writes them.
 */
public final class EventsService extends EventsGrpc.EventsImplBase {
    /** How long a call waits until what it resumes from has been read here. */
    private static final Duration RESUME_TIMEOUT = Duration.ofSeconds(10);

    private final ShardDirectory shards;
    private final Events events;

    /**
     * @param cluster names the source of the events
     */
    public EventsService(ShardDirectory shards, String cluster) {
        this.shards = shards;
        this.events = new Events(cluster);
    }

    @Override
    public void follow(FollowRequest request, StreamObserver<FollowResponse> out) {
        var call = (ServerCallStreamObserver<FollowResponse>) out;
        Calls.stream(call, () -> follow(request, new PacedCall<>(call)));
    }

    private void follow(FollowRequest request, PacedCall<FollowResponse> out)
            throws InterruptedException {
        if (request.hasResume() && request.getChangesOnly()) {
            throw Failure.of(Reason.BAD_REQUEST, "changes_only: not together with resume")
                    .asException();
        }
        Set<Kind> kinds =
                request.getKindsCount() == 0
                        ? Set.copyOf(Events.KINDS)
                        : request.getKindsList().stream()
                                .map(Events::requiredKind)
                                .collect(Collectors.toUnmodifiableSet());
        List<ShardReader> readers =
                kinds.stream().map(Kind::shard).distinct().sorted().map(shards::reader).toList();
        Frontier resume = only(Frontier.of(request.getResume()), readers);
        shards.await(resume, RESUME_TIMEOUT);
        EventStream stream =
                new EventStream(
                        events, kinds, request.getNamespace(), readers, request.getChangesOnly());
        stream.follow(resume, out);
    }

    private static Frontier only(Frontier frontier, List<ShardReader> readers) {
        TreeMap<String, Long> revisions = new TreeMap<>(frontier.revisions());
        revisions.keySet().retainAll(readers.stream().map(ShardReader::shard).toList());
        return new Frontier(frontier.logId(), revisions);
    }
}
