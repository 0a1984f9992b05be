package dev.weir.server.seat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call that brings one message: kept, and brought to the next writer when one comes to nothing.
 */
final class Errand<Q, A> extends Passage<Q, A> {
    private @Nullable Q request;

    Errand(ServerCall<Q, A> caller, Metadata headers, Search search) {
        super(caller, headers, search);
    }

    @Override
    void begin() {
        // One more than there may be, so that gRPC refuses a second.
        caller().request(2);
    }

    @Override
    public void onMessage(Q message) {
        request = message;
    }

    @Override
    public void onHalfClose() {
        if (request == null) {
            caller().close(
                            Status.INVALID_ARGUMENT.withDescription("no request came"),
                            new Metadata());
            return;
        }
        Q identified = identified(request);
        run(() -> carryOut(identified));
    }

    private void carryOut(Q message) {
        boolean done = false;
        while (!done) {
            Optional<Attempt> attempt = attempt();
            attempt.ifPresent(
                    started -> {
                        started.send(message);
                        started.halfClose();
                        started.request(answers());
                    });
            done = attempt.map(Attempt::await).orElse(true);
        }
    }

    private int answers() {
        return caller().getMethodDescriptor().getType().serverSendsOneMessage() ? 2 : 1;
    }

    /** What is written twice under one id is written once. */
    @SuppressWarnings("unchecked") // A built message is of its builder's class.
    private static <Q> Q identified(Q request) {
        if (request instanceof Message message) {
            FieldDescriptor id = message.getDescriptorForType().findFieldByName("request_id");
            if (id != null
                    && id.getJavaType() == FieldDescriptor.JavaType.STRING
                    && "".equals(message.getField(id))) {
                return (Q) message.toBuilder().setField(id, UUID.randomUUID().toString()).build();
            }
        }
        return request;
    }
}
