package dev.weir.agent.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Ready when it accepts a connection. */
record TcpCheck(InetSocketAddress at) implements Check {
    @Override
    public boolean passes(Duration timeout) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(at, (int) timeout.toMillis());
            return true;
        }
    }
}
