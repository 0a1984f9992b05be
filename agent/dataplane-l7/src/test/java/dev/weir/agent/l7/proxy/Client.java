package dev.weir.agent.l7.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A raw connection to the proxy. Reads wait 10 s at most. */
final class Client implements AutoCloseable {
    private static final int LIMIT_MILLIS = 10_000;

    /** A response that was read whole. */
    record Response(int status, String head, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        String header(String name) {
            return Backend.header(head, name, "");
        }
    }

    final Socket socket;
    final InputStream in;

    Client(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    Client(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    Client send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Client send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Client get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: shop.example.com\r\n\r\n");
    }

    Response read() throws IOException {
        return read(true);
    }

    /**
     * @param hasBody false for a response to HEAD
     */
    Response read(boolean hasBody) throws IOException {
        String head = Backend.head(in);
        if (head.isEmpty()) {
            throw new IOException("closed without a response");
        }
        int status = Integer.parseInt(head.substring(9, 12));
        String length = Backend.header(head, "content-length", "");
        byte[] body = {};
        if (!hasBody || status < 200 || status == 204 || status == 304) {
            return new Response(status, head, body);
        }
        if (Backend.header(head, "transfer-encoding", "").equals("chunked")) {
            body = chunks(in);
        } else if (!length.isEmpty()) {
            body = in.readNBytes(Integer.parseInt(length));
            if (body.length < Integer.parseInt(length)) {
                throw new IOException("cut short");
            }
        } else {
            body = in.readAllBytes();
        }
        return new Response(status, head, body);
    }

    static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in).split(";")[0], 16);
            out.write(in.readNBytes(size));
            if (size == 0) {
                while (!line(in).isEmpty()) {}
                return out.toByteArray();
            }
            line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("cut short");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Whether the proxy ended the connection, with nothing more to read. */
    boolean isClosed() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
