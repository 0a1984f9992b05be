package dev.weir.agent.l7.proxy;

import dev.weir.model.Key;
import dev.weir.routing.HostTable;
import dev.weir.routing.Hosts;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import dev.weir.routing.Rule;
import dev.weir.routing.ServicePort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pcollections.PMap;

/**
 * Passes HTTP/1.1 requests on to the endpoints of Services, as a table says. Tables and endpoints
 * are swapped by a pointer: nothing is reloaded, no connection is cut, and a request that is under
 * way ends by what it began with.
 *
 * <p>One thread calls it, but for {@link #metrics}, which anybody may.
 */
public final class Proxy implements AutoCloseable {
    private static final int LIMIT_SECONDS = 5;

    private final ProxySettings settings;
    private final Transport transport;
    private final AccessLog log;
    private final Map<EventLoop, Worker> workers = new IdentityHashMap<>();
    private final Listeners listeners;
    private final TlsContexts contexts = new TlsContexts();
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicLong turnedAway = new AtomicLong();
    private volatile Snapshot snapshot = Snapshot.EMPTY;

    private Proxy(ProxySettings settings) {
        this.settings = settings;
        this.transport = Transport.open(settings.loops());
        this.log = new AccessLog(settings.accessLog());
        for (EventExecutor executor : transport.loops()) {
            EventLoop loop = (EventLoop) executor;
            workers.put(loop, new Worker(loop, transport, settings, log, () -> snapshot));
        }
        workers.values().forEach(Worker::start);
        this.listeners = new Listeners(transport, settings, this::acceptor);
    }

    /** Starts the threads. Nothing is listened on before {@link #serve}. */
    public static Proxy start(ProxySettings settings) {
        return new Proxy(settings);
    }

    /**
     * From now on requests find their way by this table. Returns once its ports are listened on and
     * those that it lacks no longer are; what could not be done is tried again at the next call.
     */
    public Served serve(RouteTable table) {
        snapshot = snapshot.with(table, contexts.of(table));
        Map<Integer, String> ports = listeners.follow(table);
        return new Served(ports, contexts.problems());
    }

    /**
     * From now on requests go to these endpoints. Returns once no event loop begins an exchange
     * with one that is gone: unused connections there are closed, exchanges that are under way end
     * in peace.
     */
    public void endpoints(PMap<ServicePort, Upstream> upstreams) {
        Snapshot next = snapshot.with(upstreams);
        snapshot = next;
        onEach(worker -> worker.destinations.follow(next));
    }

    /** What was done until now. Takes as long as the event loops are busy. */
    public Metrics metrics() {
        Snapshot now = snapshot;
        Set<Key> objects = objects(now.table());
        Counters sum = new Counters();
        onEach(
                worker -> {
                    worker.counters.retain(objects::contains, now.upstreams()::containsKey);
                    synchronized (sum) {
                        worker.counters.addTo(sum);
                    }
                });
        synchronized (sum) {
            return sum.metrics(turnedAway.get(), log.dropped());
        }
    }

    private static Set<Key> objects(RouteTable table) {
        Set<Key> keys = new HashSet<>();
        Set<HostTable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (PortTable port : table.ports().values()) {
            Hosts<HostTable> hosts = port.hosts();
            Stream.of(
                            hosts.exact().values().stream(),
                            hosts.oneLabel().values().stream(),
                            hosts.wildcard().values().stream(),
                            hosts.any().stream())
                    .flatMap(all -> all)
                    .forEach(host -> add(host, keys, seen));
        }
        return keys;
    }

    /** Many hosts share what comes after their own rules. */
    private static void add(HostTable host, Set<Key> keys, Set<HostTable> seen) {
        if (seen.add(host)) {
            host.exact().values().forEach(rules -> add(rules, keys));
            host.prefix().values().forEach(rules -> add(rules, keys));
            host.next().ifPresent(next -> add(next, keys, seen));
        }
    }

    private static void add(List<Rule> rules, Set<Key> keys) {
        rules.forEach(rule -> keys.add(rule.of()));
    }

    /** Waits until each loop did it. */
    private void onEach(Consumer<Worker> action) {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        workers.forEach(
                (loop, worker) ->
                        done.add(CompletableFuture.runAsync(() -> action.accept(worker), loop)));
        CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private ChannelHandler acceptor(PortTable port) {
        int number = port.port();
        boolean tls = port.tls();
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                if (clients.incrementAndGet() > settings.capacity().connections()) {
                    turnedAway.incrementAndGet();
                    clients.decrementAndGet();
                    channel.close();
                    return;
                }
                channel.closeFuture().addListener(closed -> clients.decrementAndGet());
                Worker worker = workers.get(channel.eventLoop());
                if (worker == null) {
                    throw new IllegalStateException("a connection of another's event loop");
                }
                if (tls) {
                    channel.pipeline().addLast(new SniSelector(worker, number));
                }
                channel.pipeline().addLast(new FrontConnection(worker, number, tls));
            }
        };
    }

    /**
     * Accepts no more, lets requests that are under way end for at most {@link Timeouts#drain}, and
     * stops.
     */
    @Override
    public void close() {
        listeners.close();
        onEach(Worker::drain);
        long deadline = System.nanoTime() + settings.timeouts().drain().toNanos();
        try {
            while (clients.get() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(Worker.TICK.toMillis() / 4);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        onEach(Worker::closeAll);
        transport
                .loops()
                .shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS);
        log.close();
    }
}
