package dev.weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Kinds;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusMapperTest {
    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND, NOT_FOUND",
        "ALREADY_EXISTS, ALREADY_EXISTS",
        "INVALID, INVALID_ARGUMENT",
        "BAD_REQUEST, INVALID_ARGUMENT",
        "CONFLICT, ABORTED",
        "FORBIDDEN, PERMISSION_DENIED",
        "EXPIRED, OUT_OF_RANGE",
        "EXHAUSTED, RESOURCE_EXHAUSTED",
        "STORAGE, RESOURCE_EXHAUSTED",
        "UNAVAILABLE, UNAVAILABLE",
        "TIMEOUT, DEADLINE_EXCEEDED"
    })
    void eachReasonHasItsCode(Reason reason, Code code) {
        assertThat(StatusMapper.toStatus(Failure.of(reason, "words")).getStatus().getCode())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @EnumSource
    void theReasonAndTheWordsReachTheClient(Reason reason) {
        StatusRuntimeException status = StatusMapper.toStatus(Failure.of(reason, "words"));

        assertThat(status.getStatus().getDescription()).isEqualTo("words");
        assertThat(PodServer.info(status).getReason()).isEqualTo(reason.word());
        assertThat(PodServer.info(status).getDomain()).isEqualTo("weir.dev");
    }

    @Test
    void aFailureInsideOthersIsFound() {
        var wrapped =
                new CompletionException(
                        new CompletionException(Failure.notFound(Kinds.POD, "a").asException()));

        assertThat(StatusMapper.toStatus(wrapped).getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void aStatusStaysAsItIs() {
        var status = Status.CANCELLED.withDescription("gone").asRuntimeException();

        assertThat(StatusMapper.toStatus(status)).isSameAs(status);
    }
}
