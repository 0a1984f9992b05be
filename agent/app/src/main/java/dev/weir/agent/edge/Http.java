package dev.weir.agent.edge;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * As much of HTTP/1.1 (RFC 9112) as a check of somebody's health needs: one GET or HEAD for each
 * connection.
 */
final class Http {
    /** How long a client may take to ask. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The longest request, in bytes: of such checks they have some hundred. */
    private static final int LONGEST = 8 << 10;

    private static final Map<Integer, String> REASONS =
            Map.of(
                    200, "OK",
                    400, "Bad Request",
                    404, "Not Found",
                    405, "Method Not Allowed",
                    503, "Service Unavailable");

    /**
     * @param body JSON, unless the headers say otherwise
     * @param headers beside those that every answer has
     */
    record Answer(int status, Map<String, String> headers, String body) {
        /** In words. */
        static Answer of(int status) {
            return new Answer(status, Map.of(), "");
        }
    }

    /** What is at a path. */
    interface Pages {
        Answer at(String path);
    }

    private Http() {}

    /** Answers one request. */
    static void serve(Socket connection, Pages pages) throws IOException {
        String request = read(connection);
        List<String> line = List.of(request.lines().findFirst().orElse("").split(" ", -1));
        if (line.size() != 3 || !line.get(2).startsWith("HTTP/1.")) {
            write(connection, Answer.of(400), true);
        } else if (!line.getFirst().equals("GET") && !line.getFirst().equals("HEAD")) {
            write(connection, new Answer(405, Map.of("Allow", "GET, HEAD"), ""), true);
        } else {
            String path = line.get(1).replaceFirst("\\?.*", "");
            write(connection, pages.at(path), line.getFirst().equals("GET"));
        }
    }

    /** The request up to its body, or as much of it as there is. */
    private static String read(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        byte[] bytes = new byte[LONGEST];
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int length = 0;
        while (length < bytes.length) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new SocketTimeoutException("no request within " + PATIENCE);
            }
            connection.setSoTimeout((int) left);
            int more = in.read(bytes, length, bytes.length - length);
            if (more < 0) {
                break;
            }
            length += more;
            String request = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            if (request.contains("\r\n\r\n") || request.contains("\n\n")) {
                return request;
            }
        }
        return "";
    }

    private static void write(Socket connection, Answer answer, boolean withBody)
            throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.putAll(answer.headers());
        headers.put("Content-Length", String.valueOf(body.length));
        headers.put("Connection", "close");
        StringBuilder head =
                new StringBuilder("HTTP/1.1 " + answer.status() + " ")
                        .append(REASONS.getOrDefault(answer.status(), ""))
                        .append("\r\n");
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        var out = connection.getOutputStream();
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (withBody) {
            out.write(body);
        }
        connection.shutdownOutput();
    }
}
