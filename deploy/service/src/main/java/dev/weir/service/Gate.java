package dev.weir.service;

import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.server.StatusMapper;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One gRPC service, which the server has from its start: until it is opened every call is answered
 * UNAVAILABLE, with what the process still waits for.
 */
final class Gate implements BindableService {
    private final ServiceDescriptor service;
    private final Supplier<String> waiting;
    private volatile @Nullable ServerServiceDefinition behind;

    /**
     * @param waiting why no call can be carried out yet, in words
     */
    Gate(ServiceDescriptor service, Supplier<String> waiting) {
        this.service = service;
        this.waiting = waiting;
    }

    ServiceDescriptor service() {
        return service;
    }

    /** From here on calls go to this implementation of the same service. */
    void open(BindableService implementation) {
        behind = implementation.bindService();
    }

    @Override
    public ServerServiceDefinition bindService() {
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
        service.getMethods().forEach(method -> add(definition, method));
        return definition.build();
    }

    private <Q, R> void add(
            ServerServiceDefinition.Builder definition, MethodDescriptor<Q, R> method) {
        definition.addMethod(
                method,
                (call, headers) ->
                        handler(method)
                                .map(handler -> handler.startCall(call, headers))
                                .orElseGet(() -> refuse(call)));
    }

    @SuppressWarnings("unchecked")
    private <Q, R> Optional<ServerCallHandler<Q, R>> handler(MethodDescriptor<Q, R> method) {
        return Optional.ofNullable(behind)
                .map(open -> open.getMethod(method.getFullMethodName()))
                .map(open -> (ServerCallHandler<Q, R>) open.getServerCallHandler());
    }

    private <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call) {
        StatusRuntimeException refusal =
                StatusMapper.toStatus(Failure.of(Reason.UNAVAILABLE, waiting.get()));
        call.close(
                refusal.getStatus(),
                Optional.ofNullable(refusal.getTrailers()).orElseGet(Metadata::new));
        return new ServerCall.Listener<>() {};
    }
}
