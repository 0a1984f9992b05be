package dev.weir.agent.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Plain text to ports of this machine. */
final class Requests {
    static final int TIMEOUT_MILLIS = 20_000;

    private Requests() {}

    /** A port that nobody listens at, at 127.0.0.1 and ::1. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** All that comes back; the request stays open. */
    static String send(String host, int port, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(host), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static String get(String host, int port, String path) throws IOException {
        return send(host, port, "GET " + path + " HTTP/1.1\r\nHost: node\r\n\r\n");
    }

    static void assertAnswer(String answer, String status, String body, String... headers) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + "\r\n").endsWith("\r\n\r\n" + body);
        assertThat(List.of(answer.split("\r\n"))).containsAll(List.of(headers));
    }

    static boolean isOpen(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(host), port), TIMEOUT_MILLIS);
            return true;
        } catch (ConnectException refused) {
            return false;
        } catch (SocketException resetAlready) {
            return true;
        }
    }
}
