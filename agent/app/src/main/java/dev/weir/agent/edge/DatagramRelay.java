package dev.weir.agent.edge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * UDP, led on to other addresses, and the answers back. Each client of a port has a socket of its
 * own, as long as something comes or goes: so answers find their way, and whoever leads the packets
 * on sees one flow of each client.
 *
 * <p>One thread, started with the first port, owns the flows and carries everything.
 */
final class DatagramRelay implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(DatagramRelay.class);

    /** As the kernel's for flows that are answered (nf_conntrack_udp_timeout_stream). */
    static final Duration IDLE = Duration.ofSeconds(120);

    /** The largest that UDP carries. */
    private static final int DATAGRAM = 65_535;

    /** How often flows that are over are looked for. */
    private static final Duration SWEEP = Duration.ofSeconds(1);

    /** How long a close waits for the thread. */
    private static final Duration LET_GO = Duration.ofSeconds(1);

    /** Of one port, before the others have their turn. */
    private static final int TURN = 64;

    private final int most;
    private final ThreadFactory threads;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(DATAGRAM);
    private @Nullable Selector selector;

    // Owned by the thread.
    private int flows;
    private long swept = System.nanoTime();

    /** A port, and who came in by it. The thread owns the map. */
    private record Door(
            DatagramChannel channel, InetSocketAddress to, Map<SocketAddress, Flow> flows) {}

    /** A client's packets. */
    private static final class Flow {
        final Door door;
        final SocketAddress client;
        final DatagramChannel channel;
        long used = System.nanoTime();

        Flow(Door door, SocketAddress client, DatagramChannel channel) {
            this.door = door;
            this.client = client;
            this.channel = channel;
        }
    }

    /**
     * @param most flows at the same time, of all ports together; packets of others are dropped
     */
    DatagramRelay(int most, ThreadFactory threads) {
        this.most = most;
        this.threads = threads;
    }

    /**
     * Leads what comes at one address to the other until closed.
     *
     * @throws IOException nothing can listen there
     */
    Listeners.Open open(InetSocketAddress at, InetSocketAddress to) throws IOException {
        Selector carrier = selector();
        DatagramChannel channel = channel(at);
        try {
            channel.bind(at);
            channel.register(carrier, SelectionKey.OP_READ, new Door(channel, to, new HashMap<>()));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        carrier.wakeup();
        return () -> close(channel, carrier);
    }

    /** Then the port can be had again: the kernel closes it when the thread has let go of it. */
    private static void close(DatagramChannel channel, Selector carrier) {
        try {
            channel.close();
            long end = System.nanoTime() + LET_GO.toNanos();
            while (channel.isRegistered() && System.nanoTime() < end) {
                carrier.wakeup();
                Thread.sleep(1);
            }
        } catch (IOException e) {
            LOG.debugf("While closing a port: %s", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Selector selector() throws IOException {
        Selector known = selector;
        if (known != null) {
            return known;
        }
        Selector opened = Selector.open();
        selector = opened;
        threads.newThread(() -> carry(opened)).start();
        return opened;
    }

    private static DatagramChannel channel(InetSocketAddress family) throws IOException {
        DatagramChannel channel =
                DatagramChannel.open(
                        family.getAddress() instanceof java.net.Inet6Address
                                ? StandardProtocolFamily.INET6
                                : StandardProtocolFamily.INET);
        channel.configureBlocking(false);
        return channel;
    }

    private void carry(Selector carrier) {
        while (carrier.isOpen()) {
            try {
                carrier.select(this::turn, flows == 0 ? 0 : SWEEP.toMillis());
                if (System.nanoTime() - swept >= SWEEP.toNanos()) {
                    swept = System.nanoTime();
                    carrier.keys().forEach(this::sweep);
                }
            } catch (IOException | RuntimeException e) {
                if (carrier.isOpen()) {
                    LOG.warnf("Node ports at localhost, UDP: %s", e);
                }
            }
        }
    }

    private void turn(SelectionKey key) {
        try {
            if (key.attachment() instanceof Door door) {
                come(door, key.selector());
            } else if (key.attachment() instanceof Flow flow) {
                answer(flow);
            }
        } catch (IOException e) {
            // Refused by whoever it was led to, or the port is closed.
            if (key.attachment() instanceof Flow flow) {
                end(flow);
            }
        }
    }

    private void come(Door door, Selector carrier) throws IOException {
        for (int i = 0; i < TURN; i++) {
            SocketAddress client = door.channel().receive(buffer.clear());
            if (client == null) {
                return;
            }
            Flow flow = door.flows().get(client);
            if (flow == null && flows < most) {
                flow = begin(door, client, carrier);
            }
            if (flow != null) {
                flow.used = System.nanoTime();
                try {
                    flow.channel.write(buffer.flip());
                } catch (IOException refused) {
                    end(flow);
                }
            }
        }
    }

    private Flow begin(Door door, SocketAddress client, Selector carrier) throws IOException {
        DatagramChannel channel = channel(door.to());
        try {
            channel.connect(door.to());
            Flow flow = new Flow(door, client, channel);
            channel.register(carrier, SelectionKey.OP_READ, flow);
            door.flows().put(client, flow);
            flows++;
            return flow;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void answer(Flow flow) throws IOException {
        for (int i = 0; i < TURN && flow.channel.receive(buffer.clear()) != null; i++) {
            flow.used = System.nanoTime();
            flow.door.channel().send(buffer.flip(), flow.client);
        }
    }

    private void sweep(SelectionKey key) {
        if (key.attachment() instanceof Flow flow
                && (!flow.door.channel().isOpen()
                        || System.nanoTime() - flow.used >= IDLE.toNanos())) {
            end(flow);
        }
    }

    private void end(Flow flow) {
        if (flow.door.flows().remove(flow.client, flow)) {
            flows--;
        }
        try {
            flow.channel.close();
        } catch (IOException e) {
            LOG.debugf("While closing a flow: %s", e.getMessage());
        }
    }

    /** Closes all flows; ports are closed by who opened them. */
    @Override
    public void close() {
        Selector carrier = selector;
        if (carrier == null) {
            return;
        }
        try {
            for (SelectionKey key : carrier.keys()) {
                key.channel().close();
            }
            carrier.close();
        } catch (IOException e) {
            LOG.debugf("While closing: %s", e.getMessage());
        }
    }
}
