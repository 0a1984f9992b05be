package dev.weir.agent.l7.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on loopback that does to each request what a test says. */
final class Backend implements AutoCloseable {
    /** What a request is answered with. */
    interface Script {
        /** False ends the connection. */
        boolean serve(String head, InputStream in, OutputStream out) throws IOException;
    }

    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();
    private final ServerSocket server;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Backend(Script script) throws IOException {
        this("127.0.0.1", script);
    }

    Backend(String address, Script script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 1_024, InetAddress.getByName(address));
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers each request with this text. */
    static Backend saying(String text) throws IOException {
        return new Backend(
                (head, in, out) -> {
                    drain(head, in);
                    out.write(response(text));
                    return true;
                });
    }

    static byte[] response(String text) {
        return ("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Reads a body of known length. */
    static byte[] drain(String head, InputStream in) throws IOException {
        return in.readNBytes(Integer.parseInt(header(head, "content-length", "0")));
    }

    static String header(String head, String name, String otherwise) {
        for (String line : head.split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                return line.substring(name.length() + 1).trim();
            }
        }
        return otherwise;
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                requests.incrementAndGet();
                if (!script.serve(head, in, out)) {
                    return;
                }
            }
        } catch (IOException gone) {
            // the test ended, or the proxy did it
        } finally {
            open.remove(socket);
        }
    }

    /** Up to and with the empty line; empty at the end of the stream. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            last = last << 8 | b;
            if (last == 0x0d0a0d0a) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    /** Takes no more connections; those that are there go on. */
    void stopListening() throws IOException {
        server.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
