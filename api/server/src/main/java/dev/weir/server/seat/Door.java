package dev.weir.server.seat;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC service of a shard, at any process: each call is carried out by the shard's writer, here
 * or elsewhere, and ends as it ended there, status, trailers and all.
 *
 * <p>A call that brings one message and comes to nothing because the writer is dead or deposed goes
 * to the next writer, unless something of an answer was passed on. The door gives it a request id
 * if it has none, so it is carried out once. Streams that have begun end with UNAVAILABLE, and
 * clients resume them.
 *
 * <p>A call goes through two processes besides the client's at most, three where a process does not
 * follow the shard: who a call was sent to as the writer of its shard never sends it on.
 */
public final class Door implements BindableService {
    /** The shard whose writer a call was sent to. */
    static final Metadata.Key<String> SENT_TO =
            Metadata.Key.of("weir-sent-to", Metadata.ASCII_STRING_MARSHALLER);

    private final ServiceDescriptor service;
    private final String shard;
    private final Way way;

    public Door(ServiceDescriptor service, Way way) {
        this(service, way.shard(), way);
    }

    private Door(ServiceDescriptor service, String shard, Way way) {
        this.service = service;
        this.shard = shard;
        this.way = way;
    }

    /**
     * The door of a shard that this process knows nothing of.
     *
     * @param way to the writer of another shard, who knows
     */
    public static Door asking(ServiceDescriptor service, String shard, Way way) {
        return new Door(service, shard, way);
    }

    @Override
    public ServerServiceDefinition bindService() {
        var definition = ServerServiceDefinition.builder(service);
        service.getMethods().forEach(method -> bind(definition, method));
        return definition.build();
    }

    private <Q, A> void bind(
            ServerServiceDefinition.Builder definition, MethodDescriptor<Q, A> method) {
        definition.addMethod(
                method,
                (call, headers) -> {
                    Search search = new Search(way, mayLeave(headers.get(SENT_TO)));
                    Passage<Q, A> passage =
                            method.getType().clientSendsOneMessage()
                                    ? new Errand<>(call, headers, search)
                                    : new Conversation<>(call, headers, search);
                    passage.begin();
                    return passage;
                });
    }

    private boolean mayLeave(@Nullable String sentTo) {
        return sentTo == null || (!sentTo.equals(shard) && shard.equals(way.shard()));
    }
}
