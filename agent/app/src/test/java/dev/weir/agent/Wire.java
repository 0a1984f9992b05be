package dev.weir.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The way of connections to a server, which can be cut: with it break all that are open. */
final class Wire implements AutoCloseable {
    private final ServerSocket near;
    private final Supplier<InetSocketAddress> far;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private Wire(ServerSocket near, Supplier<InetSocketAddress> far) {
        this.near = near;
        this.far = far;
    }

    /**
     * @param far asked for each connection
     */
    static Wire to(Supplier<InetSocketAddress> far) {
        try {
            Wire wire = new Wire(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), far);
            Thread.ofVirtual().start(wire::accept);
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return near.getLocalPort();
    }

    private void accept() {
        while (!near.isClosed()) {
            try {
                Socket here = near.accept();
                open.add(here);
                Thread.ofVirtual().start(() -> connect(here));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket here) {
        try (here;
                Socket there = new Socket()) {
            open.add(there);
            if (cut) {
                return;
            }
            InetSocketAddress address = far.get();
            there.connect(new InetSocketAddress(address.getAddress(), address.getPort()));
            Thread back = Thread.ofVirtual().start(() -> copy(there, here));
            copy(here, there);
            back.join();
        } catch (IOException | InterruptedException broken) {
            // Both ends see it.
        } finally {
            open.remove(here);
        }
    }

    /** Until either end is closed; then both are. */
    private void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException broken) {
            // Both ends see it.
        } finally {
            open.remove(from);
        }
    }

    void cut() {
        cut = true;
        breakOpen();
    }

    /** Only those that are open: a new connection gets through. */
    void breakOpen() {
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void mend() {
        cut = false;
    }

    @Override
    public void close() throws IOException {
        near.close();
        cut();
    }
}
