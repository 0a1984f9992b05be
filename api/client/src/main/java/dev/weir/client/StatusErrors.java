package dev.weir.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.weir.model.Failure;
import dev.weir.model.FieldError;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads the server's errors: one ErrorInfo each, whose reason is Kubernetes' StatusReason
 * (AIP-193).
 */
final class StatusErrors {
    private StatusErrors() {}

    /** A FailureException, or a ServerUnreachableException. */
    static RuntimeException read(StatusRuntimeException error, Servers servers) {
        com.google.rpc.Status details = StatusProto.fromThrowable(error);
        String text = Optional.ofNullable(error.getStatus().getDescription()).orElse("");
        if (details != null) {
            for (Any detail : details.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    return failure(details, unpack(detail, ErrorInfo.class)).asException();
                }
            }
        }
        // gRPC has UNKNOWN for a call that was sent while its connection broke.
        if (error.getStatus().getCode() == Status.Code.UNAVAILABLE
                || error.getStatus().getCause() instanceof ClosedChannelException) {
            return new ServerUnreachableException(servers, reasonOf(error));
        }
        Status.Code code = error.getStatus().getCode();
        return Failure.of(reason(code), text.isEmpty() ? code.name() : text).asException();
    }

    private static Failure failure(com.google.rpc.Status details, ErrorInfo info) {
        Failure.Reason reason =
                Arrays.stream(Failure.Reason.values())
                        .filter(r -> r.word().equals(info.getReason()))
                        .findFirst()
                        .orElse(Failure.Reason.UNAVAILABLE);
        List<FieldError> fields =
                details.getDetailsList().stream()
                        .filter(detail -> detail.is(BadRequest.class))
                        .flatMap(d -> unpack(d, BadRequest.class).getFieldViolationsList().stream())
                        .map(v -> new FieldError(v.getField(), v.getDescription()))
                        .toList();
        String subject = info.getMetadataOrDefault("name", "");
        return new Failure(reason, details.getMessage(), subject, fields);
    }

    private static <M extends com.google.protobuf.Message> M unpack(Any detail, Class<M> type) {
        try {
            return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("unreadable error detail " + detail.getTypeUrl(), e);
        }
    }

    private static String reasonOf(StatusRuntimeException error) {
        Throwable cause = error.getCause();
        return cause == null || cause.getMessage() == null ? "" : cause.getMessage();
    }

    private static Failure.Reason reason(Status.Code code) {
        return switch (code) {
            case NOT_FOUND -> Failure.Reason.NOT_FOUND;
            case ALREADY_EXISTS -> Failure.Reason.ALREADY_EXISTS;
            case ABORTED, FAILED_PRECONDITION -> Failure.Reason.CONFLICT;
            case PERMISSION_DENIED, UNAUTHENTICATED -> Failure.Reason.FORBIDDEN;
            case RESOURCE_EXHAUSTED -> Failure.Reason.EXHAUSTED;
            case OUT_OF_RANGE -> Failure.Reason.EXPIRED;
            case DEADLINE_EXCEEDED -> Failure.Reason.TIMEOUT;
            case UNAVAILABLE, INTERNAL, UNKNOWN, DATA_LOSS, CANCELLED -> Failure.Reason.UNAVAILABLE;
            case OK, INVALID_ARGUMENT, UNIMPLEMENTED -> Failure.Reason.BAD_REQUEST;
        };
    }
}
