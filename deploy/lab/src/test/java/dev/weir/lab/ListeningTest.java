package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningTest {
    private static final long SELF = ProcessHandle.current().pid();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aPortIsListenedOnUntilItIsClosed(String address) throws Exception {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(address));
        int port = socket.getLocalPort();

        boolean open = Listening.on(SELF, port);
        socket.close();

        assertThat(open).isTrue();
        assertThat(Listening.on(SELF, port)).isFalse();
    }

    @Test
    void aProcessThatIsGoneListensOnNothing() {
        assertThat(Listening.on(Long.MAX_VALUE, 1)).isFalse();
    }
}
