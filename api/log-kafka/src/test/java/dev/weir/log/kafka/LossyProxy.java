package dev.weir.log.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Stands between a broker and its clients, and loses the end of a transaction: on its way to the
 * broker, or the answer. The client that sent it is cut off from then on.
 */
final class LossyProxy implements AutoCloseable {
    /** EndTxn, as Kafka's protocol numbers it. */
    private static final int END_TRANSACTION = 26;

    enum Loss {
        NONE,
        REQUEST,
        ANSWER
    }

    private final ServerSocket listener;
    private final InetSocketAddress broker;
    private volatile Loss next = Loss.NONE;
    private volatile String cutOff = "";

    LossyProxy(InetSocketAddress broker) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        this.broker = broker;
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Of the next transaction that a client ends. */
    void lose(Loss loss) {
        next = loss;
    }

    /** Whether it was lost, and its client is cut off. */
    boolean hasLost() {
        return !cutOff.isEmpty();
    }

    /** Lets everybody through again. */
    void restore() {
        cutOff = "";
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket()) {
            server.connect(broker);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Connection connection = new Connection(client, server);
            Thread.ofVirtual().start(connection::answers);
            connection.requests();
        } catch (IOException e) {
            // One of both has gone: the other one learns that its connection is closed.
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;

        /** Of the request whose answer is to be lost; negative: none. */
        private volatile int lost = -1;

        private volatile String clientId = "";

        private Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /** A request begins with its kind, its version, its number, and who sends it. */
        private void requests() throws IOException {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(server.getOutputStream());
            while (true) {
                byte[] request = frame(in);
                ByteBuffer header = ByteBuffer.wrap(request);
                int kind = header.getShort();
                header.getShort();
                int number = header.getInt();
                byte[] id = new byte[Math.max(0, header.getShort())];
                header.get(id);
                clientId = new String(id, StandardCharsets.UTF_8);
                if (clientId.equals(cutOff)) {
                    return;
                }
                if (kind == END_TRANSACTION && next == Loss.REQUEST) {
                    cutOff();
                    return;
                }
                if (kind == END_TRANSACTION && next == Loss.ANSWER) {
                    lost = number;
                }
                write(out, request);
            }
        }

        /** An answer begins with the number of its request. */
        private void answers() {
            try (client) {
                DataInputStream in = new DataInputStream(server.getInputStream());
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                while (true) {
                    byte[] answer = frame(in);
                    if (ByteBuffer.wrap(answer).getInt() == lost) {
                        cutOff();
                        return;
                    }
                    write(out, answer);
                }
            } catch (IOException e) {
                // As above.
            }
        }

        private void cutOff() {
            next = Loss.NONE;
            cutOff = clientId;
        }

        private static byte[] frame(DataInputStream in) throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        }

        private static void write(DataOutputStream out, byte[] frame) throws IOException {
            byte[] whole = new byte[Integer.BYTES + frame.length];
            ByteBuffer.wrap(whole).putInt(frame.length).put(frame);
            out.write(whole);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
