package dev.weir.agent.edge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import org.jboss.logging.Logger;

/**
 * Accepts TCP connections at one address and port, and gives each to a thread of its own, which
 * closes it. While all places are taken, further ones are closed at once. Closing the listener
 * leaves the connections that it accepted.
 */
final class Listener implements Listeners.Open {
    private static final Logger LOG = Logger.getLogger(Listener.class);

    /** Connections that the kernel has accepted and this has not. */
    private static final int BACKLOG = 128;

    /** After an accept failed, say, because the process has no file descriptors left. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** How long a close waits for whoever accepts. */
    private static final Duration LAST_ACCEPT = Duration.ofSeconds(1);

    /** Answers one connection; need not close it. */
    interface Guest {
        void serve(Socket connection) throws IOException;
    }

    private final ServerSocket server;
    private final Semaphore places;
    private final ThreadFactory threads;
    private final Guest guest;
    private final Thread accepting;

    private Listener(ServerSocket server, Semaphore places, ThreadFactory threads, Guest guest) {
        this.server = server;
        this.places = places;
        this.threads = threads;
        this.guest = guest;
        this.accepting = threads.newThread(this::accept);
    }

    /**
     * @param places for connections, shared by listeners that are bounded together
     * @throws IOException nothing can listen there
     */
    static Listener open(InetSocketAddress at, Semaphore places, ThreadFactory threads, Guest guest)
            throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.bind(at, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        Listener listener = new Listener(server, places, threads, guest);
        listener.accepting.start();
        return listener;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                if (places.tryAcquire()) {
                    threads.newThread(() -> serve(connection)).start();
                } else {
                    connection.close();
                }
            } catch (IOException e) {
                pause();
            }
        }
    }

    private void pause() {
        if (!server.isClosed()) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            guest.serve(connection);
        } catch (IOException gone) {
            LOG.debugf("A connection at %s ended: %s", server, gone.getMessage());
        } finally {
            places.release();
        }
    }

    /** Then the port can be had again: the kernel closes it when nobody accepts any more. */
    @Override
    public void close() {
        try {
            server.close();
            accepting.join(LAST_ACCEPT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debugf("While closing %s: %s", server, e.getMessage());
        }
    }
}
