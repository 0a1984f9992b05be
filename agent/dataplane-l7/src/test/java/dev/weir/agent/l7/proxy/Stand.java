package dev.weir.agent.l7.proxy;

import dev.weir.model.IpAddress;
import dev.weir.routing.Action;
import dev.weir.routing.RouteTable;
import dev.weir.routing.ServicePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.pcollections.PMap;

/** A proxy on a port of its own. */
final class Stand implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    final int port = freePort();
    final Proxy proxy;

    Stand(UnaryOperator<ProxySettings> settings) {
        proxy =
                Proxy.start(
                        settings.apply(
                                ProxySettings.DEFAULT
                                        .withLoops(2)
                                        .withAddresses(List.of(IpAddress.of("127.0.0.1")))));
    }

    /** All requests go to these backends. */
    static Stand of(Backend... backends) {
        return of(settings -> settings, backends);
    }

    static Stand of(UnaryOperator<ProxySettings> settings, Backend... backends) {
        Stand stand = new Stand(settings);
        stand.proxy.endpoints(Tables.web(backends));
        stand.serve(Tables.web(stand.port));
        return stand;
    }

    /** By prefix. */
    static Stand of(PMap<ServicePort, Upstream> upstreams, Map<String, Action> prefixes) {
        Stand stand = new Stand(settings -> settings);
        stand.proxy.endpoints(upstreams);
        stand.serve(Tables.table(stand.port, prefixes));
        return stand;
    }

    void serve(RouteTable table) {
        Served served = proxy.serve(table);
        if (!served.ports().isEmpty() || !served.secrets().isEmpty()) {
            throw new IllegalStateException(served.toString());
        }
    }

    Client client() throws IOException {
        return new Client(port);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + LIMIT + " for: " + what);
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        proxy.close();
    }
}
