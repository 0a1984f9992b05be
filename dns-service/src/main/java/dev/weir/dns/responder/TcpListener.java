package dev.weir.dns.responder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** One listening TCP socket; a virtual thread accepts, another serves each connection. */
final class TcpListener implements AutoCloseable {
    /** Connections that the kernel keeps while we are busy accepting. */
    private static final int BACKLOG = 512;

    /** How often connections are checked for having used up our patience. */
    private static final long CHECK_MILLIS = 250;

    private final ServerSocket server;
    private final ResponderConfig config;
    private final Conversation conversation;
    private final ResponderCounters counters;
    private final ExecutorService threads;
    private final Set<TcpConnection> connections = ConcurrentHashMap.newKeySet();

    private TcpListener(
            ServerSocket server,
            ResponderConfig config,
            Conversation conversation,
            ResponderCounters counters,
            ExecutorService threads) {
        this.server = server;
        this.config = config;
        this.conversation = conversation;
        this.counters = counters;
        this.threads = threads;
    }

    /** Binds; accepts from {@link #start} on. */
    static TcpListener open(
            InetSocketAddress bind,
            ResponderConfig config,
            Conversation conversation,
            ResponderCounters counters,
            ExecutorService threads)
            throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true); // connections of a predecessor in TIME_WAIT
            server.bind(bind, BACKLOG);
            return new TcpListener(server, config, conversation, counters, threads);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    void start() {
        threads.execute(this::accept);
        threads.execute(this::watch);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                take(server.accept());
            } catch (IOException e) {
                pause(); // closing, or out of descriptors
            }
        }
    }

    private void take(Socket socket) throws IOException {
        if (connections.size() >= config.maxConnections()) {
            counters.countTurnedAway();
            socket.close();
            return;
        }
        TcpConnection connection = new TcpConnection(socket, config, conversation);
        connections.add(connection);
        try {
            threads.execute(
                    () -> {
                        try {
                            connection.serve();
                        } finally {
                            connections.remove(connection);
                        }
                    });
        } catch (RejectedExecutionException e) {
            connection.close(); // closing
        }
    }

    /** Ends what has stopped: a blocked read or write returns when its socket is closed. */
    private void watch() {
        while (!server.isClosed()) {
            long now = System.nanoTime();
            connections.stream()
                    .filter(connection -> connection.isOverdue(now))
                    .forEach(TcpConnection::close);
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(CHECK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing: the server is closed already
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            connections.forEach(TcpConnection::close);
        }
    }
}
