package dev.weir.bench;

import dev.weir.agent.linux.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Clients in a pod that ask live Services, over and over: new TCP connections, new UDP flows, one
 * UDP flow to each Service that stays, and, if wanted, TCP connections that stay.
 */
final class Clients implements AutoCloseable {
    /** An answer that takes longer does not come. */
    private static final int PATIENCE_MILLIS = 3_000;

    /**
     * Datagrams are sent again after this, twice: a flow whose endpoint is removed ends, with what
     * is under way in it.
     */
    private static final int AGAIN_MILLIS = 1_000;

    private static final int TRIES = 3;

    private static final Duration PAUSE = Duration.ofMillis(4);

    private static final Duration LONGEST_RUN = Duration.ofHours(2);

    private final NetworkNamespace namespace;
    private final List<LiveService> services;
    private final Tally tally;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    private Clients(Path namespace, List<LiveService> services, Tally tally) {
        this.namespace = new NetworkNamespace(namespace);
        this.services = List.copyOf(services);
        this.tally = tally;
    }

    /** Something that a client does again and again. */
    private interface Work {
        void once() throws Exception;
    }

    private interface Start {
        Work begin() throws Exception;
    }

    static Clients start(
            Path namespace, List<LiveService> services, Tally tally, long seed, boolean staying) {
        Clients clients = new Clients(namespace, services, tally);
        Random first = new Random(seed);
        Random second = new Random(seed + 1);
        clients.go("tcp", () -> () -> clients.connect(clients.any(first)));
        clients.go("udp", () -> () -> clients.ask(clients.any(second)));
        clients.go("udp that stays", clients::flows);
        if (staying) {
            clients.go("tcp that stays", clients::connections);
        }
        return clients;
    }

    private LiveService any(Random random) {
        return services.get(random.nextInt(services.size()));
    }

    private void go(String name, Start start) {
        threads.add(
                Thread.ofPlatform()
                        .name(name)
                        .start(
                                () -> {
                                    try {
                                        namespace.call(() -> loop(name, start), LONGEST_RUN);
                                    } catch (IOException | RuntimeException e) {
                                        tally.problem(name + ": " + e);
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                }));
    }

    private boolean loop(String name, Start start) throws Exception {
        Work work = start.begin();
        while (!ended) {
            try {
                work.once();
            } catch (IOException e) {
                tally.problem(name + ": " + e);
            }
            Thread.sleep(PAUSE);
        }
        return true;
    }

    private static InetSocketAddress at(LiveService service) {
        InetAddress address = service.address().toInetAddress();
        return new InetSocketAddress(address, LiveService.PORT);
    }

    private void connect(LiveService service) throws IOException {
        long[] promised = service.promises().made();
        long start = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.setSoLinger(true, 0);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(at(service), PATIENCE_MILLIS);
            check(service, promised, echo(socket), start, "TCP");
        } catch (IOException e) {
            throw new IOException(service.name() + " at " + service.address() + ": " + e, e);
        }
    }

    private static int echo(Socket socket) throws IOException {
        socket.getOutputStream().write('?');
        int answer = socket.getInputStream().read();
        if (answer < 0) {
            throw new IOException("closed by the other side");
        }
        return answer;
    }

    private void check(LiveService service, long[] promised, int pod, long start, String how) {
        tally.answered((System.nanoTime() - start) / 1e6);
        if (service.promises().broken(promised, pod)) {
            tally.problem(
                    "%s: pod %d answered for %s, acknowledged as removed"
                            .formatted(how, pod, service.name()));
        }
    }

    private void ask(LiveService service) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            ask(service, socket);
        }
    }

    private void ask(LiveService service, DatagramSocket socket) throws IOException {
        socket.setSoTimeout(AGAIN_MILLIS);
        byte[] answer = new byte[1];
        for (int i = 0; i < TRIES; i++) {
            long[] promised = service.promises().made();
            long start = System.nanoTime();
            socket.send(new DatagramPacket(new byte[] {'?'}, 1, at(service)));
            try {
                socket.receive(new DatagramPacket(answer, 1));
                check(service, promised, answer[0], start, "UDP");
                return;
            } catch (SocketTimeoutException _) {
                tally.repeated();
            }
        }
        throw new IOException(service.name() + ": no answer to " + TRIES + " datagrams");
    }

    private Work flows() throws IOException {
        List<DatagramSocket> sockets = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            sockets.add(new DatagramSocket());
        }
        int[] next = {0};
        return () -> {
            int i = next[0]++ % services.size();
            ask(services.get(i), sockets.get(i));
        };
    }

    /** Nobody may cut them, and each stays where it is. */
    private Work connections() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (LiveService service : services) {
            Socket socket = new Socket();
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(at(service), PATIENCE_MILLIS);
            sockets.add(socket);
        }
        int[] pods = new int[sockets.size()];
        for (int i = 0; i < pods.length; i++) {
            pods[i] = echo(sockets.get(i));
        }
        int[] next = {0};
        return () -> {
            int i = next[0]++ % sockets.size();
            long start = System.nanoTime();
            int pod = echo(sockets.get(i));
            tally.answered((System.nanoTime() - start) / 1e6);
            if (pod != pods[i]) {
                throw new IOException("a connection went from pod " + pods[i] + " to " + pod);
            }
        };
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
