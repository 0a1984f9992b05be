package dev.weir.server;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.LabelSelector;
import dev.weir.log.Committed;
import dev.weir.log.Shard;
import dev.weir.log.Write;
import dev.weir.model.Failure;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.LabelSelectors;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * The gRPC service of one kind: Get, List, Create, Update, Delete, Watch. One class serves all
 * kinds, because their requests and answers have the same fields under the same names.
 */
public final class ResourceService implements BindableService {
    /** How long a request waits for the {@code after} that it carries. */
    private static final Duration AFTER_TIMEOUT = Duration.ofSeconds(10);

    private final ServiceDescriptor grpc;
    private final Kind kind;
    private final Shard shard;
    private final ShardDirectory shards;
    private final Writes writes;
    private final Clock clock;
    private final Listings listings = new Listings();

    /**
     * @param grpc the generated descriptor of the kind's service
     * @param shard the kind's shard, which this process writes
     */
    public ResourceService(
            ServiceDescriptor grpc,
            Kind kind,
            Shard shard,
            ShardDirectory shards,
            Admission admission,
            Clock clock) {
        this.grpc = grpc;
        this.kind = kind;
        this.shard = shard;
        this.shards = shards;
        this.writes = new Writes(kind, admission);
        this.clock = clock;
    }

    @Override
    public ServerServiceDefinition bindService() {
        var definition = ServerServiceDefinition.builder(grpc);
        for (MethodDescriptor<?, ?> method : grpc.getMethods()) {
            bind(definition, method);
        }
        return definition.build();
    }

    @SuppressWarnings("unchecked") // Every method of a generated service takes and gives messages.
    private void bind(ServerServiceDefinition.Builder definition, MethodDescriptor<?, ?> untyped) {
        var method = (MethodDescriptor<Message, Message>) untyped;
        Message answer =
                ((PrototypeMarshaller<Message>) method.getResponseMarshaller())
                        .getMessagePrototype();
        String name = String.valueOf(method.getBareMethodName());
        definition.addMethod(
                method,
                switch (name) {
                    case "Get" -> unary(request -> get(request, answer));
                    case "List" -> unary(request -> list(request, answer));
                    case "Create" -> unary(request -> create(request, answer));
                    case "Update" -> unary(request -> update(request, answer));
                    case "Delete" -> unary(request -> delete(request, answer));
                    case "Watch" ->
                            ServerCalls.asyncServerStreamingCall(
                                    (request, out) -> watch(request, answer, out));
                    default ->
                            throw new IllegalStateException(
                                    "no handler for " + method.getFullMethodName());
                });
    }

    private static ServerCallHandler<Message, Message> unary(Method method) {
        return ServerCalls.asyncUnaryCall(
                (request, out) -> Calls.unary(out, () -> method.answer(request)));
    }

    private Message get(Message request, Message answer) throws InterruptedException {
        await(request);
        Key key = kind.key(Fields.text(request, "namespace"), Fields.text(request, "name"));
        Image image = shard.image();
        Stored stored =
                image.get(key).orElseThrow(() -> Failure.notFound(kind, key.name()).asException());
        return object(answer, stored.value(), image.logId(), stored.revision());
    }

    private Message list(Message request, Message answer) throws InterruptedException {
        await(request);
        Predicate<Message> selected = selected(request);
        Listings.Page page =
                listings.page(
                        kind,
                        kind.namespaced() ? Fields.text(request, "namespace") : "",
                        stored -> selected.test(stored.value()),
                        (int) Fields.number(request, "page_size"),
                        Fields.text(request, "page_token"),
                        shard.image());
        Message.Builder list = answer.toBuilder();
        page.items()
                .forEach(
                        item -> list.addRepeatedField(Fields.field(answer, "items"), item.value()));
        return list.setField(Fields.field(answer, "next_page_token"), page.nextToken())
                .setField(Fields.field(answer, "revision"), page.revision())
                .setField(Fields.field(answer, "log_id"), page.logId())
                .build();
    }

    private Message create(Message request, Message answer) throws InterruptedException {
        await(request);
        return written(
                writes.create(
                        Fields.message(request, "object"), terms(request, false), clock.instant()),
                answer);
    }

    private Message update(Message request, Message answer) throws InterruptedException {
        await(request);
        return written(
                writes.update(
                        Fields.message(request, "object"),
                        (FieldMask) Fields.message(request, "update_mask"),
                        terms(request, true)),
                answer);
    }

    private Message delete(Message request, Message answer) throws InterruptedException {
        await(request);
        Key key = kind.key(Fields.text(request, "namespace"), Fields.text(request, "name"));
        var committed = committed(writes.delete(key, terms(request, true)));
        return answer.toBuilder()
                .setField(
                        Fields.field(answer, "commit"),
                        commit(committed.logId(), committed.revision()))
                .build();
    }

    private void watch(Message request, Message answer, StreamObserver<Message> out) {
        var call = (ServerCallStreamObserver<Message>) out;
        Calls.stream(
                call,
                () ->
                        new Watches(kind, shard, answer)
                                .run(
                                        kind.namespaced() ? Fields.text(request, "namespace") : "",
                                        selected(request),
                                        Fields.text(request, "log_id"),
                                        Fields.number(request, "resume_revision"),
                                        call));
    }

    private Predicate<Message> selected(Message request) {
        LabelSelector selector = LabelSelectors.parse(Fields.text(request, "label_selector"));
        return object -> LabelSelectors.matches(selector, Fields.metadata(object).getLabelsMap());
    }

    private Message written(Write<Message> write, Message answer) {
        Committed<Message> committed = committed(write);
        return object(answer, committed.answer(), committed.logId(), committed.revision());
    }

    private <R> Committed<R> committed(Write<R> write) {
        return shard.write(write).join();
    }

    private Message object(Message answer, Message object, String logId, long revision) {
        return answer.toBuilder()
                .setField(Fields.field(answer, "object"), object)
                .setField(Fields.field(answer, "commit"), commit(logId, revision))
                .build();
    }

    private Commit commit(String logId, long revision) {
        return Commit.newBuilder()
                .setLogId(logId)
                .setShard(kind.shard())
                .setRevision(revision)
                .build();
    }

    private static Writes.Terms terms(Message request, boolean expects) {
        return new Writes.Terms(
                Fields.text(request, "request_id"),
                expects ? Fields.number(request, "expected_revision") : 0,
                Fields.flag(request, "validate_only"));
    }

    private void await(Message request) throws InterruptedException {
        var after = (dev.weir.core.v1.Frontier) Fields.message(request, "after");
        if (after.getRevisionsCount() > 0) {
            shards.await(Frontier.of(after), AFTER_TIMEOUT);
        }
    }

    /** One unary method. */
    private interface Method {
        Message answer(Message request) throws InterruptedException;
    }
}
