package dev.weir.agent.edge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/**
 * One connection, led on to another address, both ways. The end of one direction leaves the other
 * open; a reset of one side resets the other.
 */
record Relay(Socket client, Socket server) {
    /** How long the other address may take to accept. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Until both directions have ended. The client is left to the caller to close. */
    static void run(Socket client, InetSocketAddress to, ThreadFactory threads) throws IOException {
        try (Socket server = new Socket()) {
            try {
                server.connect(to, (int) CONNECT_TIMEOUT.toMillis());
            } catch (IOException e) {
                reset(client);
                throw e;
            }
            Relay relay = new Relay(client, server);
            // A peer that went without a word is found out by the kernel.
            client.setKeepAlive(true);
            server.setKeepAlive(true);
            Thread back = threads.newThread(() -> relay.copy(server, client));
            back.start();
            relay.copy(client, server);
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException cut) {
            reset(client);
            reset(server);
        }
    }

    /** What was cut short must not look as if it had ended. */
    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (SocketException closed) {
            // By the other direction.
        } catch (IOException e) {
            // Closed or not, there is nothing left to do.
        }
    }
}
