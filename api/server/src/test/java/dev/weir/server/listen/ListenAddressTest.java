package dev.weir.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

    @Test
    void unixSocketNeedsNoPermission() {
        assertThat(ListenAddress.parse("unix:///run/weir/weir.sock", false))
                .isEqualTo(new ListenAddress.Unix(Path.of("/run/weir/weir.sock")));
    }

    @Test
    void tcpIsRefusedUnlessCalledInsecure() {
        assertThatExceptionOfType(ListenException.class)
                .isThrownBy(() -> ListenAddress.parse("tcp://127.0.0.1:7443", false))
                .withMessageContaining("weir.insecure-tcp=true");
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:7443, 127.0.0.1, 7443",
        "tcp://localhost:0, localhost, 0",
        "tcp://[fd00::1]:65535, fd00::1, 65535"
    })
    void tcpReadsAndPrintsTheSame(String text, String host, int port) {
        ListenAddress address = ListenAddress.parse(text, true);

        assertThat(address).isEqualTo(new ListenAddress.Tcp(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/run/weir.sock",
                "unix://",
                "unix:///",
                "http://localhost:1",
                "tcp://localhost",
                "tcp://:7443",
                "tcp://fd00::1:7443",
                "tcp://localhost:65536",
                "tcp://localhost:-1",
                "tcp://localhost:x"
            })
    void anythingElseIsRefusedWithWhatWasExpected(String text) {
        assertThatExceptionOfType(ListenException.class)
                .isThrownBy(() -> ListenAddress.parse(text, true))
                .withMessageContaining("expected")
                .withMessageContaining(text);
    }
}
