package dev.weir.dns.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Reply;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Message;

@Timeout(20)
class TcpTest {
    private static final ResponderConfig HASTY =
            new ResponderConfig(3, Duration.ofMillis(700), 4, 1 << 16);

    @Test
    void manyQueriesInOneSegmentAreAllAnswered() throws Exception {
        try (Served served = new Served();
                Socket socket = connect(served)) {
            Set<Integer> asked = new HashSet<>();
            ByteArrayOutputStream segment = new ByteArrayOutputStream();
            for (int i = 0; i < 100; i++) {
                byte[] query = query("v4.prod.svc.cluster.local");
                asked.add(new Message(query).getHeader().getID());
                frame(new DataOutputStream(segment), query);
            }

            socket.getOutputStream().write(segment.toByteArray());

            Set<Integer> answered = new HashSet<>();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (answered.size() < asked.size()) {
                answered.add(read(in).getHeader().getID());
            }
            assertThat(answered).isEqualTo(asked);
        }
    }

    @Test
    void aSlowForwardDoesNotHoldUpTheRest() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Served served = new Served(waitingFor(release), ResponderConfig.DEFAULT);
                Socket socket = connect(served)) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());

            frame(out, query("example.com"));
            frame(out, query("v4.prod.svc.cluster.local"));
            Message first = read(in);
            release.countDown();
            Message second = read(in);

            assertThat(first.getQuestion().getName().toString()).startsWith("v4.");
            assertThat(second.getQuestion().getName().toString()).isEqualTo("example.com.");
        }
    }

    @Test
    void aMessageMayComeInPieces() throws Exception {
        try (Served served = new Served();
                Socket socket = connect(served)) {
            ByteArrayOutputStream segment = new ByteArrayOutputStream();
            frame(new DataOutputStream(segment), query("v4.prod.svc.cluster.local"));
            for (byte octet : segment.toByteArray()) {
                socket.getOutputStream().write(octet);
                socket.getOutputStream().flush();
            }

            Message reply = read(new DataInputStream(socket.getInputStream()));

            assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (Served served = new Served(Forwarder.none(), HASTY);
                Socket socket = connect(served)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aDribblingConnectionIsClosed() throws Exception {
        try (Served served = new Served(Forwarder.none(), HASTY);
                Socket socket = connect(served)) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    socket.getOutputStream().write(1);
                                    TimeUnit.MILLISECONDS.sleep(100);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aConnectionThatDoesNotReadIsClosed() throws Exception {
        try (Served served = new Served(Forwarder.none(), HASTY);
                Socket socket = connect(served)) {
            assertThatThrownBy(
                            () -> {
                                DataOutputStream out =
                                        new DataOutputStream(socket.getOutputStream());
                                byte[] query = query("set.prod.svc.cluster.local");
                                for (int i = 0; i < 1_000_000; i++) {
                                    frame(out, query);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void tooManyConnectionsAreTurnedAway() throws Exception {
        try (Served served = new Served(Forwarder.none(), HASTY)) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < HASTY.maxConnections(); i++) {
                Socket socket = connect(served);
                sockets.add(socket);
                frame(new DataOutputStream(socket.getOutputStream()), query("cluster.local"));
                read(new DataInputStream(socket.getInputStream()));
            }

            try (Socket extra = connect(served)) {
                assertThat(extra.getInputStream().read()).isEqualTo(-1);
            }

            assertThat(served.responder.counters().turnedAway()).isEqualTo(1);
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void garbageIsAnsweredOrIgnoredAndTheConnectionGoesOn() throws Exception {
        try (Served served = new Served();
                Socket socket = connect(served)) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());

            frame(out, new byte[0]);
            frame(out, new byte[11]);
            frame(out, new byte[12]);
            frame(out, query("v4.prod.svc.cluster.local"));

            assertThat(read(in).getRcode()).isEqualTo(Rcode.FORMERR);
            assertThat(read(in).getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void closingEndsConnections() throws Exception {
        Served served = new Served();
        try (Socket socket = connect(served)) {
            frame(new DataOutputStream(socket.getOutputStream()), query("cluster.local"));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            read(in);

            served.close();

            assertThatThrownBy(() -> read(in))
                    .isInstanceOfAny(EOFException.class, SocketException.class);
        }
    }

    private static Socket connect(Served served) throws IOException {
        Socket socket = new Socket();
        socket.connect(served.v4(), (int) Served.PATIENCE.toMillis());
        socket.setSoTimeout((int) Served.PATIENCE.toMillis());
        return socket;
    }

    private static byte[] query(String name) throws IOException {
        return Served.query(name, "A").toWire();
    }

    private static void frame(DataOutputStream out, byte[] message) throws IOException {
        byte[] frame = new byte[2 + message.length];
        frame[0] = (byte) (message.length >> 8);
        frame[1] = (byte) message.length;
        System.arraycopy(message, 0, frame, 2, message.length);
        out.write(frame);
        out.flush();
    }

    private static Message read(DataInputStream in) throws IOException {
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return new Message(message);
    }

    private static Forwarder waitingFor(CountDownLatch release) {
        return new Forwarder() {
            @Override
            public Reply resolve(Question question, boolean cd, boolean dnssecOk) {
                try {
                    assertThat(release.await(5, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Reply.failure(Rcode.SERVFAIL, null);
            }

            @Override
            public boolean available() {
                return true;
            }
        };
    }
}
