package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.HeadWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What the connections of one event loop share. Owned by that loop, but for {@link #snapshot}.
 *
 * <p>Deadlines are fields that a tick looks at, so that a request costs no timer.
 */
final class Worker {
    /** How often deadlines are looked at, and by how much they may be late. */
    static final Duration TICK = Duration.ofMillis(100);

    final EventLoop loop;
    final ProxySettings settings;
    final Nanos nanos;
    final Counters counters = new Counters();
    final Destinations destinations = new Destinations();
    final LineBuffer log;

    /** Of heads and answers; what it wrote is taken before anything else happens. */
    final HeadWriter writer = new HeadWriter();

    /** For heads, only during one event. */
    final byte[] scratch;

    private final Supplier<Snapshot> snapshots;
    private final Bootstrap bootstrap;
    private final long epoch = System.nanoTime();
    private final List<Connection> connections = new ArrayList<>();
    private final ArrayList<Connection> unflushed = new ArrayList<>();
    private long now;
    private boolean draining;

    Worker(
            EventLoop loop,
            Transport transport,
            ProxySettings settings,
            AccessLog log,
            Supplier<Snapshot> snapshots) {
        this.loop = loop;
        this.settings = settings;
        this.nanos = Nanos.of(settings.timeouts());
        this.log = log.buffer();
        this.snapshots = snapshots;
        this.scratch = new byte[settings.capacity().message().head()];
        this.bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(transport.client())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .option(ChannelOption.AUTO_CLOSE, false)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(settings.timeouts().connect().toMillis()))
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark(settings));
    }

    static WriteBufferWaterMark waterMark(ProxySettings settings) {
        return new WriteBufferWaterMark(
                settings.capacity().waterLow(), settings.capacity().waterHigh());
    }

    void start() {
        loop.scheduleAtFixedRate(
                this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    Snapshot snapshot() {
        return snapshots.get();
    }

    /** Something happens: it is now. */
    void event() {
        now = System.nanoTime() - epoch;
    }

    /**
     * When the event began that is being dealt with, in nanoseconds since an arbitrary moment;
     * above zero. Asking the system each time would cost more than all that is done with it.
     */
    long now() {
        return now;
    }

    ByteBuf copyOfHead(ByteBufAllocator alloc) {
        return alloc.ioBuffer(writer.length()).writeBytes(writer.bytes(), 0, writer.length());
    }

    /** An exchange is over: counts it, and writes its line. */
    void ended(Ledger ledger) {
        long took = now() - ledger.began;
        counters.request(ledger, took);
        if (log.isOn()) {
            AccessLine.write(log, ledger, took);
        }
    }

    /** A request was refused before there was an exchange. */
    void refused(FrontConnection from, int status) {
        counters.refused(status, writer.length());
        if (log.isOn()) {
            AccessLine.refused(log, from, status);
        }
    }

    /** Begins a connection to an endpoint; the listener hears of it when it is there, or not. */
    void connect(BackConnection connection) {
        bootstrap
                .clone()
                .handler(connection)
                .connect(connection.destination.address)
                .addListener(connection);
    }

    void add(Connection connection) {
        connection.slot = connections.size();
        connections.add(connection);
    }

    void remove(Connection connection) {
        Connection last = connections.removeLast();
        if (last != connection) {
            connections.set(connection.slot, last);
            last.slot = connection.slot;
        }
        connection.slot = -1;
    }

    void flushLater(Connection connection) {
        unflushed.add(connection);
    }

    /** At the end of each event: sends what it wrote. */
    void flush() {
        for (int i = 0; i < unflushed.size(); i++) {
            unflushed.get(i).flush();
        }
        unflushed.clear();
    }

    boolean isDraining() {
        return draining;
    }

    /** From now on connections close as soon as nothing is under way on them. */
    void drain() {
        draining = true;
        destinations.closeIdle();
        for (Connection connection : List.copyOf(connections)) {
            connection.drain();
        }
        flush();
    }

    void closeAll() {
        List.copyOf(connections).forEach(connection -> connection.channel().close());
        log.handOver();
    }

    private void tick() {
        event();
        for (int i = connections.size() - 1; i >= 0; i--) {
            Connection connection = i < connections.size() ? connections.get(i) : null;
            if (connection != null && connection.deadline <= now) {
                connection.deadline = Connection.NEVER;
                connection.expired();
            }
        }
        flush();
        log.handOver();
    }
}
