package dev.weir.agent.l7;

import dev.weir.model.Backend;
import dev.weir.model.IpAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend on loopback that answers with its name and what it saw. Of a WebSocket it sends back
 * the messages. A path that begins with {@code /slow} takes it a while.
 */
final class EchoServer implements AutoCloseable {
    private static final Duration SLOW = Duration.ofMillis(300);
    private static final String HEAD_END = "\r\n\r\n";
    private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    final String name;
    final AtomicInteger requests = new AtomicInteger();
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    EchoServer(String name) throws IOException {
        this(name, "127.0.0.1", 0);
    }

    /**
     * @param port 0 for any that is free
     */
    EchoServer(String name, String address, int port) throws IOException {
        this.name = name;
        this.server = new ServerSocket(port, 1_024, InetAddress.getByName(address));
        Thread.ofVirtual().start(this::accept);
    }

    Backend backend() {
        return new Backend(
                IpAddress.of(server.getInetAddress().getHostAddress()),
                server.getLocalPort(),
                true);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in =
                    new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            OutputStream out = socket.getOutputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                requests.incrementAndGet();
                Seen seen = Seen.parse(Seen.text(name, head));
                if (seen.header("upgrade").equals("websocket")) {
                    out.write(agreement(seen));
                    messages(in, out);
                    return;
                }
                if (seen.header("expect").equals("100-continue")) {
                    out.write(bytes("HTTP/1.1 100 Continue" + HEAD_END));
                }
                in.skipNBytes(Long.parseLong("0" + seen.header("content-length")));
                if (seen.target().startsWith("/slow")) {
                    Thread.sleep(SLOW);
                }
                out.write(response(seen, Seen.text(name, head)));
            }
        } catch (IOException | GeneralSecurityException | InterruptedException gone) {
            // the test ended, or the proxy did it
        } finally {
            open.remove(socket);
        }
    }

    private static String head(InputStream in) throws IOException {
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

    private static byte[] response(Seen seen, String text) {
        String head =
                "HTTP/1.1 200 OK\r\nServer: echo\r\nX-Echo: one\r\nX-Echo: two\r\nContent-Length: "
                        + text.length()
                        + HEAD_END;
        return bytes(seen.method().equals("HEAD") ? head : head + text);
    }

    private static byte[] agreement(Seen seen) throws GeneralSecurityException {
        byte[] hash =
                MessageDigest.getInstance("SHA-1")
                        .digest(bytes(seen.header("sec-websocket-key") + WEBSOCKET));
        return bytes(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(hash)
                        + HEAD_END);
    }

    /** Sends short frames back, unmasked, until one says that it was the last (RFC 6455). */
    private static void messages(DataInputStream in, OutputStream out) throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte() & 0x7f;
            byte[] mask = in.readNBytes(4);
            byte[] content = in.readNBytes(length);
            for (int i = 0; i < content.length; i++) {
                content[i] ^= mask[i % 4];
            }
            out.write(new byte[] {(byte) first, (byte) length});
            out.write(content);
            if ((first & 0xf) == 8) {
                return;
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public String toString() {
        return name.toLowerCase(Locale.ROOT);
    }
}
