package dev.weir.server;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.FieldError;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/**
 * The one place where failures become gRPC status (AIP-193): a code, the message, and one ErrorInfo
 * whose reason is the Kubernetes StatusReason; field errors as BadRequest besides.
 */
public final class StatusMapper {
    /** The domain of every ErrorInfo. */
    public static final String DOMAIN = "weir.dev";

    private static final Logger LOG = Logger.getLogger(StatusMapper.class);

    private StatusMapper() {}

    /** An expected failure keeps its words; anything else is logged here and told as INTERNAL. */
    public static StatusRuntimeException toStatus(Throwable thrown) {
        return switch (thrown) {
            case CompletionException wrapped when wrapped.getCause() != null ->
                    toStatus(wrapped.getCause());
            case FailureException expected -> toStatus(expected.failure());
            case StatusRuntimeException status -> status;
            default -> {
                LOG.error("A request failed unexpectedly", thrown);
                yield StatusProto.toStatusRuntimeException(
                        status(Code.INTERNAL, "internal error: " + thrown, "InternalError", ""));
            }
        };
    }

    public static StatusRuntimeException toStatus(Failure failure) {
        Status.Builder status =
                status(
                        code(failure.reason()),
                        failure.message(),
                        failure.reason().word(),
                        failure.subject())
                        .toBuilder();
        if (!failure.fields().isEmpty()) {
            status.addDetails(Any.pack(violations(failure.fields())));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static Code code(Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> Code.NOT_FOUND;
            case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
            case INVALID, BAD_REQUEST -> Code.INVALID_ARGUMENT;
            case CONFLICT -> Code.ABORTED;
            case FORBIDDEN -> Code.PERMISSION_DENIED;
            case EXPIRED -> Code.OUT_OF_RANGE;
            case EXHAUSTED, STORAGE -> Code.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Code.UNAVAILABLE;
            case TIMEOUT -> Code.DEADLINE_EXCEEDED;
        };
    }

    private static Status status(Code code, String message, String reason, String subject) {
        ErrorInfo.Builder info = ErrorInfo.newBuilder().setReason(reason).setDomain(DOMAIN);
        if (!subject.isEmpty()) {
            info.putMetadata("name", subject);
        }
        return Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(message)
                .addDetails(Any.pack(info.build()))
                .build();
    }

    private static BadRequest violations(List<FieldError> errors) {
        BadRequest.Builder request = BadRequest.newBuilder();
        errors.forEach(
                error ->
                        request.addFieldViolationsBuilder()
                                .setField(error.path())
                                .setDescription(error.detail()));
        return request.build();
    }
}
