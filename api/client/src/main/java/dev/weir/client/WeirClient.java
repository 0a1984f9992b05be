package dev.weir.client;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.core.v1.Bookmark;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.DeleteResponse;
import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.ListRequest;
import dev.weir.core.v1.ObjectKey;
import dev.weir.core.v1.WatchRequest;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.events.v1.FollowRequest;
import dev.weir.events.v1.FollowResponse;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.RenewLeaseRequest;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.StatusResponse;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Reads, writes and watches objects of every kind. Calls block; any number of threads may call.
 *
 * <p>Throws FailureException for what the server refuses, and {@link ServerUnreachableException}.
 */
public final class WeirClient implements AutoCloseable {
    /** How long a call may take, watches excepted. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

    private static final int PAGE_SIZE = 500;

    private final Servers servers;
    private final Connection connection;
    private final Duration timeout;

    private WeirClient(Servers servers, Connection connection, Duration timeout) {
        this.servers = servers;
        this.connection = connection;
        this.timeout = timeout;
    }

    /** Connects with the first call. */
    public static WeirClient to(ServerAddress server) {
        return to(Servers.of(server));
    }

    /** To the first of them that accepts a connection, and to the next when it is gone. */
    public static WeirClient to(Servers servers) {
        return to(servers, CALL_TIMEOUT);
    }

    public static WeirClient to(Servers servers, Duration callTimeout) {
        return new WeirClient(servers, Connection.open(servers), callTimeout);
    }

    public Message get(Kind kind, String namespace, String name) {
        return get(kind, namespace, name, Frontier.EMPTY);
    }

    /** The object, not older than the frontier. */
    public Message get(Kind kind, String namespace, String name, Frontier after) {
        GetRequest request =
                GetRequest.newBuilder()
                        .setNamespace(kind.namespaced() ? namespace : "")
                        .setName(name)
                        .setAfter(after.toProto())
                        .build();
        return (Message) KindMethods.get(call(kind, "Get", request), "object");
    }

    /** As {@link #get}; empty when there is no such object. */
    public Optional<Message> find(Kind kind, String namespace, String name, Frontier after) {
        try {
            return Optional.of(get(kind, namespace, name, after));
        } catch (FailureException e) {
            if (e.failure().reason() == Failure.Reason.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * All objects that match.
     *
     * @param namespace empty for all namespaces
     * @param labelSelector as kubectl's {@code -l}; may be empty
     */
    public Listing list(Kind kind, String namespace, String labelSelector) {
        List<Message> items = new ArrayList<>();
        ListRequest.Builder request =
                ListRequest.newBuilder()
                        .setNamespace(kind.namespaced() ? namespace : "")
                        .setLabelSelector(labelSelector)
                        .setPageSize(PAGE_SIZE);
        while (true) {
            Message page = call(kind, "List", request.build());
            for (Object item : (Collection<?>) KindMethods.get(page, "items")) {
                items.add((Message) item);
            }
            String next = (String) KindMethods.get(page, "next_page_token");
            if (next.isEmpty()) {
                return new Listing(
                        items,
                        (Long) KindMethods.get(page, "revision"),
                        (String) KindMethods.get(page, "log_id"));
            }
            request.setPageToken(next);
        }
    }

    public Written create(Message object, WriteOptions options) {
        Kind kind = Kinds.of(object);
        Message.Builder request = KindMethods.of(kind).request("Create");
        set(request, "object", object);
        setWriteFields(request, options);
        return written(call(kind, "Create", request.build()));
    }

    /**
     * Takes the named fields of the object, e.g. {@code spec} or {@code metadata.labels}; no names
     * mean all but status.
     */
    public Written update(Message object, List<String> fields, WriteOptions options) {
        Kind kind = Kinds.of(object);
        Message.Builder request = KindMethods.of(kind).request("Update");
        set(request, "object", object);
        set(request, "update_mask", FieldMask.newBuilder().addAllPaths(fields).build());
        set(request, "expected_revision", options.expectedRevision());
        setWriteFields(request, options);
        return written(call(kind, "Update", request.build()));
    }

    public Commit delete(Kind kind, String namespace, String name, WriteOptions options) {
        DeleteRequest.Builder request =
                DeleteRequest.newBuilder()
                        .setNamespace(kind.namespaced() ? namespace : "")
                        .setName(name)
                        .setExpectedRevision(options.expectedRevision());
        setWriteFields(request, options);
        return ((DeleteResponse) call(kind, "Delete", request.build())).getCommit();
    }

    /**
     * First the objects that are there and a bookmark, then what happens to them, until closed.
     *
     * @param namespace empty for all namespaces
     */
    public Watch<WatchEvent> watch(Kind kind, String namespace, String labelSelector) {
        return watchFrom(kind, namespace, labelSelector, 0, "");
    }

    /** What happens after this revision of this log. */
    public Watch<WatchEvent> watchFrom(
            Kind kind, String namespace, String labelSelector, long revision, String logId) {
        WatchRequest request =
                WatchRequest.newBuilder()
                        .setNamespace(kind.namespaced() ? namespace : "")
                        .setLabelSelector(labelSelector)
                        .setResumeRevision(revision)
                        .setLogId(logId)
                        .build();
        MethodDescriptor<Message, Message> method = KindMethods.of(kind).method("Watch");
        return Watch.open(
                () ->
                        ClientCalls.blockingServerStreamingCall(
                                connection.channel(), method, CallOptions.DEFAULT, request),
                WeirClient::event,
                this::failure);
    }

    /**
     * Messages until the frontier, and what is derived from it, is programmed or cannot be; the
     * last one says which. Ends with a Timeout failure when that takes longer than given.
     *
     * @param reachableOnly do not count nodes that are unreachable
     * @param keys objects whose failure on a node ends the wait
     */
    public Watch<WaitProgrammedResponse> waitProgrammed(
            Frontier frontier, boolean reachableOnly, List<Key> keys, Duration atMost) {
        WaitProgrammedRequest request =
                WaitProgrammedRequest.newBuilder()
                        .setFrontier(frontier.toProto())
                        .setReachableOnly(reachableOnly)
                        .addAllKeys(keys.stream().map(Key::toProto).toList())
                        .build();
        CallOptions options = CallOptions.DEFAULT.withDeadline(deadline(atMost));
        return Watch.open(
                () ->
                        ClientCalls.blockingServerStreamingCall(
                                connection.channel(),
                                AgentsGrpc.getWaitProgrammedMethod(),
                                options,
                                request),
                response -> response,
                this::failure);
    }

    /** Events as long as the call lasts; {@link EventFeed} goes on when it breaks. */
    public Watch<FollowResponse> events(FollowRequest request) {
        return Watch.open(
                () ->
                        ClientCalls.blockingServerStreamingCall(
                                connection.channel(),
                                EventsGrpc.getFollowMethod(),
                                CallOptions.DEFAULT,
                                request),
                response -> response,
                this::failure);
    }

    /**
     * Keeps an EndpointSlice that has the annotation {@code weir.dev/lease-seconds}. Returns how
     * long it stays from now. NOT_FOUND when it is gone: then register it anew.
     */
    public Duration renewLease(String namespace, String endpointSlice) {
        var request =
                RenewLeaseRequest.newBuilder()
                        .setNamespace(namespace)
                        .setName(endpointSlice)
                        .build();
        return Duration.ofSeconds(
                unary(LeasesGrpc.getRenewMethod(), request).getRemaining().getSeconds());
    }

    /** Every registered node as last reported, and the head of every shard. */
    public StatusResponse status() {
        return unary(AgentsGrpc.getStatusMethod(), StatusRequest.getDefaultInstance());
    }

    /** Where a connection would go; a node answers, so it may take some seconds. */
    public WhyResponse why(WhyRequest question) {
        return unary(AgentsGrpc.getWhyMethod(), question);
    }

    @Override
    public void close() {
        connection.close();
    }

    private Message call(Kind kind, String method, Message request) {
        return unary(KindMethods.of(kind).method(method), request);
    }

    private <Q, A> A unary(MethodDescriptor<Q, A> method, Q request) {
        try {
            return ClientCalls.blockingUnaryCall(
                    connection.channel(),
                    method,
                    CallOptions.DEFAULT.withDeadline(deadline(timeout)),
                    request);
        } catch (StatusRuntimeException e) {
            throw failure(e);
        }
    }

    private RuntimeException failure(StatusRuntimeException error) {
        return StatusErrors.read(error, servers);
    }

    private static Deadline deadline(Duration atMost) {
        return Deadline.after(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void setWriteFields(Message.Builder request, WriteOptions options) {
        set(request, "request_id", UUID.randomUUID().toString());
        set(request, "after", options.after().toProto());
        set(request, "validate_only", options.validateOnly());
    }

    private static void set(Message.Builder request, String field, Object value) {
        request.setField(KindMethods.field(request, field), value);
    }

    private static Written written(Message response) {
        return new Written(
                (Message) KindMethods.get(response, "object"),
                (Commit) KindMethods.get(response, "commit"));
    }

    private static WatchEvent event(Message response) {
        long revision = (Long) KindMethods.get(response, "revision");
        if (KindMethods.has(response, "put")) {
            return new WatchEvent.Put((Message) KindMethods.get(response, "put"), revision);
        }
        if (KindMethods.has(response, "remove")) {
            Key key = Key.of((ObjectKey) KindMethods.get(response, "remove"));
            return new WatchEvent.Remove(key, revision);
        }
        Bookmark bookmark = (Bookmark) KindMethods.get(response, "bookmark");
        return new WatchEvent.Bookmark(
                bookmark.getRevision(), bookmark.getLogId(), bookmark.getInSync());
    }
}
