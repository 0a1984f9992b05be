package dev.weir.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.core.v1.ListRequest;
import dev.weir.core.v1.NamespacesGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be meant ends the process at once, with words. */
class ConfigurationIT {
    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    weir.role=janitor            | allowed values
                    weir.advertise=tcp://[::]:9  | where nobody else can reach this process
                    weir.cluster=A Cluster       | lower-case letters
                    weir.pod-cidrs=10.0.0.0/40   | 10.0.0.0/40
                    """)
    void aSettingThatCannotBeMeantEndsIt(String setting, String words) throws Exception {
        assumeTrue(Files.exists(Instance.JAR), "not packaged: " + Instance.JAR);
        try (Instance instance =
                Instance.start(
                        Role.POLICY_SERVICE, "wrong", directory, "127.0.0.1:1", "-D" + setting)) {

            assertThat(instance.exit()).isEqualTo(1);

            assertThat(instance.said()).contains(words).doesNotContain("\tat ");
        }
    }

    @Test
    void aControlPlaneWithoutAKeyFileEnds() throws Exception {
        assumeTrue(Files.exists(Instance.JAR), "not packaged: " + Instance.JAR);
        try (Instance instance =
                Instance.start(
                        Role.CONTROL_PLANE,
                        "keyless",
                        directory,
                        "127.0.0.1:1",
                        "-Dweir.secret-key-file=")) {

            assertThat(instance.exit()).isEqualTo(1);

            assertThat(instance.said())
                    .contains("weir.secret-key-file is not set")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aBrokerWhoseNameIsNotKnownYetIsWaitedFor() throws Exception {
        assumeTrue(Files.exists(Instance.JAR), "not packaged: " + Instance.JAR);
        try (Instance instance =
                Instance.start(
                        Role.CONTROL_PLANE, "early", directory, "no.such.broker.invalid:9092")) {
            instance.awaitHealth(ServingStatus.NOT_SERVING);

            StatusRuntimeException refused =
                    catchThrowableOfType(
                            StatusRuntimeException.class,
                            () ->
                                    NamespacesGrpc.newBlockingStub(instance.channel())
                                            .list(ListRequest.getDefaultInstance()));

            assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
            assertThat(refused).hasMessageContaining("Kafka at no.such.broker.invalid:9092");
            assertThat(instance.terminate()).isIn(0, 1, 143);
        }
    }
}
