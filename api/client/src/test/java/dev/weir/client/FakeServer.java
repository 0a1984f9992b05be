package dev.weir.client;

import com.google.protobuf.Any;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.FieldMaskUtil;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.weir.core.v1.Bookmark;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.Frontier;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.LabelSelectors;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.StatusResponse;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server of every kind that keeps objects in memory and judges nothing but their presence. */
public final class FakeServer implements AutoCloseable {
    public static final String LOG_ID = "log-1";

    private record Watcher(Kind kind, Message prototype, StreamObserver<Message> out) {}

    private final TreeMap<Key, Message> objects = new TreeMap<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private long revision;

    /** Every request, in order. */
    public final List<Message> requests = new CopyOnWriteArrayList<>();

    /** What WaitProgrammed answers before it ends, or stays open when the last one is no end. */
    public volatile List<WaitProgrammedResponse> programmed =
            List.of(WaitProgrammedResponse.newBuilder().setProgrammed(true).build());

    /** Thrown by the next writes of objects with this name. */
    public volatile Failure refusal = Failure.of(Failure.Reason.FORBIDDEN, "no");

    public volatile String refusedName = "";

    public volatile StatusResponse status =
            StatusResponse.newBuilder()
                    .setHead(Frontier.newBuilder().setLogId(LOG_ID).putRevisions("control", 7))
                    .build();

    /** Without one, the refusal answers. */
    public volatile WhyResponse why = WhyResponse.getDefaultInstance();

    public final FakeEvents events = new FakeEvents();

    private final NioEventLoopGroup loops = new NioEventLoopGroup(2);
    private final Server server;
    private final ServerAddress address;

    public FakeServer(Path socket) throws IOException {
        address = new ServerAddress.Unix(socket);
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                        .channelType(NioServerDomainSocketChannel.class)
                        .bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops);
        for (Kind kind : Kinds.ALL) {
            if (!kind.internal()) {
                builder.addService(service(kind));
            }
        }
        builder.addService(new Agents());
        builder.addService(events);
        server = builder.build().start();
    }

    public ServerAddress address() {
        return address;
    }

    /** Puts an object there as another client would. */
    public synchronized Message put(Message object) {
        Key key = key(object);
        revision++;
        ObjectMeta.Builder metadata = metadata(object).toBuilder();
        if (!objects.containsKey(key)) {
            metadata.setUid("uid-" + revision)
                    .setCreationTimestamp(
                            Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()));
        }
        metadata.setResourceVersion(Long.toString(revision));
        Message stored = with(object, metadata.build());
        objects.put(key, stored);
        for (Watcher watcher : watchers) {
            if (watcher.kind.equals(Kinds.of(object))) {
                watcher.out.onNext(event(watcher.prototype, "put", stored));
            }
        }
        return stored;
    }

    public synchronized void remove(Key key) {
        objects.remove(key);
        revision++;
        for (Watcher watcher : watchers) {
            if (watcher.kind.name().equals(key.kind())) {
                watcher.out.onNext(event(watcher.prototype, "remove", key.toProto()));
            }
        }
    }

    public synchronized Message get(Kind kind, String namespace, String name) {
        Message object = objects.get(kind.key(namespace, name));
        if (object == null) {
            throw Failure.notFound(kind, name).asException();
        }
        return object;
    }

    @Override
    public void close() {
        server.shutdownNow();
        loops.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    private ServerServiceDefinition service(Kind kind) {
        ServiceDescriptor descriptor =
                KindMethods.SERVICES.stream()
                        .filter(
                                s ->
                                        s.getName()
                                                .toLowerCase(java.util.Locale.ROOT)
                                                .endsWith("." + kind.plural()))
                        .findFirst()
                        .orElseThrow();
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor);
        for (MethodDescriptor<?, ?> any : descriptor.getMethods()) {
            @SuppressWarnings("unchecked")
            MethodDescriptor<Message, Message> method = (MethodDescriptor<Message, Message>) any;
            Message prototype =
                    (Message)
                            ((PrototypeMarshaller<?>) method.getResponseMarshaller())
                                    .getMessagePrototype();
            if (method.getType() == MethodDescriptor.MethodType.UNARY) {
                service.addMethod(
                        method,
                        ServerCalls.asyncUnaryCall(
                                (request, out) -> answer(kind, method, request, prototype, out)));
            } else {
                service.addMethod(
                        method,
                        ServerCalls.asyncServerStreamingCall(
                                (request, out) -> watch(kind, request, prototype, out)));
            }
        }
        return service.build();
    }

    private synchronized void answer(
            Kind kind,
            MethodDescriptor<Message, Message> method,
            Message request,
            Message prototype,
            StreamObserver<Message> out) {
        requests.add(request);
        try {
            Message answer =
                    switch (method.getBareMethodName()) {
                        case "Get" ->
                                response(
                                        prototype,
                                        get(
                                                kind,
                                                text(request, "namespace"),
                                                text(request, "name")),
                                        0);
                        case "List" -> list(kind, request, prototype);
                        case "Create" -> create(request, prototype);
                        case "Update" -> update(request, prototype);
                        default -> delete(kind, request, prototype);
                    };
            out.onNext(answer);
            out.onCompleted();
        } catch (FailureException e) {
            out.onError(refused(e.failure()));
        }
    }

    private static RuntimeException refused(Failure failure) {
        return StatusProto.toStatusRuntimeException(
                Status.newBuilder()
                        .setCode(Code.ABORTED_VALUE)
                        .setMessage(failure.message())
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setReason(failure.reason().word())
                                                .setDomain("weir.dev")
                                                .build()))
                        .build());
    }

    private Message create(Message request, Message prototype) {
        Message object = (Message) KindMethods.get(request, "object");
        refuse(object);
        if (objects.containsKey(key(object))) {
            throw Failure.alreadyExists(Kinds.of(object), metadata(object).getName()).asException();
        }
        if ((Boolean) KindMethods.get(request, "validate_only")) {
            return response(prototype, object, 0);
        }
        return response(prototype, put(object), revision);
    }

    private Message update(Message request, Message prototype) {
        Message object = (Message) KindMethods.get(request, "object");
        refuse(object);
        Message old =
                get(Kinds.of(object), metadata(object).getNamespace(), metadata(object).getName());
        Message.Builder merged = old.toBuilder();
        FieldMaskUtil.merge(
                (FieldMask) KindMethods.get(request, "update_mask"),
                object,
                merged,
                new FieldMaskUtil.MergeOptions()
                        .setReplaceMessageFields(true)
                        .setReplaceRepeatedFields(true));
        if (merged.build().equals(old) || (Boolean) KindMethods.get(request, "validate_only")) {
            return response(prototype, old, 0);
        }
        return response(prototype, put(merged.build()), revision);
    }

    private void refuse(Message object) {
        if (metadata(object).getName().equals(refusedName)) {
            throw refusal.asException();
        }
    }

    private Message delete(Kind kind, Message request, Message prototype) {
        get(kind, text(request, "namespace"), text(request, "name"));
        remove(kind.key(text(request, "namespace"), text(request, "name")));
        return set(prototype.toBuilder(), "commit", commit(kind, revision)).build();
    }

    private Message list(Kind kind, Message request, Message prototype) {
        String namespace = text(request, "namespace");
        LabelSelector selector = LabelSelectors.parse(text(request, "label_selector"));
        Message.Builder answer = prototype.toBuilder();
        objects.forEach(
                (key, object) -> {
                    if (key.kind().equals(kind.name())
                            && (namespace.isEmpty() || key.namespace().equals(namespace))
                            && LabelSelectors.matches(selector, metadata(object).getLabelsMap())) {
                        answer.addRepeatedField(KindMethods.field(answer, "items"), object);
                    }
                });
        return set(set(answer, "revision", revision), "log_id", LOG_ID).build();
    }

    private synchronized void watch(
            Kind kind, Message request, Message prototype, StreamObserver<Message> out) {
        requests.add(request);
        objects.forEach(
                (key, object) -> {
                    if (key.kind().equals(kind.name())) {
                        out.onNext(event(prototype, "put", object));
                    }
                });
        out.onNext(
                event(
                        prototype,
                        "bookmark",
                        Bookmark.newBuilder()
                                .setRevision(revision)
                                .setLogId(LOG_ID)
                                .setInSync(true)
                                .build()));
        watchers.add(new Watcher(kind, prototype, out));
    }

    private final class Agents extends AgentsGrpc.AgentsImplBase {
        @Override
        public void waitProgrammed(
                WaitProgrammedRequest request, StreamObserver<WaitProgrammedResponse> out) {
            requests.add(request);
            programmed.forEach(out::onNext);
            WaitProgrammedResponse last = programmed.getLast();
            if (last.getProgrammed() || !last.getFailed().isEmpty()) {
                out.onCompleted();
            }
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
            out.onNext(status);
            out.onCompleted();
        }

        @Override
        public void why(WhyRequest request, StreamObserver<WhyResponse> out) {
            requests.add(request);
            if (why.equals(WhyResponse.getDefaultInstance())) {
                out.onError(refused(refusal));
                return;
            }
            out.onNext(why);
            out.onCompleted();
        }
    }

    private Message event(Message prototype, String field, Message value) {
        return set(set(prototype.toBuilder(), field, value), "revision", revision).build();
    }

    private static Message response(Message prototype, Message object, long revision) {
        Message.Builder answer = set(prototype.toBuilder(), "object", object);
        return set(answer, "commit", commit(Kinds.of(object), revision)).build();
    }

    private static Commit commit(Kind kind, long revision) {
        return Commit.newBuilder()
                .setLogId(LOG_ID)
                .setShard(kind.shard())
                .setRevision(revision)
                .build();
    }

    private static Message.Builder set(Message.Builder message, String field, Object value) {
        return message.setField(KindMethods.field(message, field), value);
    }

    private static String text(Message message, String field) {
        return (String) KindMethods.get(message, field);
    }

    private static ObjectMeta metadata(Message object) {
        return (ObjectMeta) KindMethods.get(object, "metadata");
    }

    private static Message with(Message object, ObjectMeta metadata) {
        return set(object.toBuilder(), "metadata", metadata).build();
    }

    private static Key key(Message object) {
        return Kinds.of(object).key(metadata(object).getNamespace(), metadata(object).getName());
    }
}
