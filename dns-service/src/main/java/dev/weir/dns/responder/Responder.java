package dev.weir.dns.responder;

import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.zone.Zone;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Answers DNS queries over UDP and TCP from a zone, and forwards the rest.
 *
 * <p>Each datagram is answered from the zone that the supplier gives at that moment, so a new zone
 * is one pointer away. Bind addresses, not wildcards, where a host has several: a reply leaves from
 * the address that routing chooses.
 */
public final class Responder implements AutoCloseable {
    /** Tries to find a port that is free for both transports, when the kernel may choose it. */
    private static final int PORT_TRIES = 20;

    private final List<UdpListener> udp = new ArrayList<>();
    private final List<TcpListener> tcp = new ArrayList<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("dns-", 0).factory());
    private final ResponderCounters counters = new ResponderCounters();
    private final ResponderConfig config;
    private final Conversation conversation;

    private Responder(Supplier<Zone> zone, Forwarder forwarder, ResponderConfig config) {
        this.config = config;
        this.conversation = new Conversation(zone, forwarder, threads, counters);
    }

    /**
     * Binds every address, or none, and starts to answer.
     *
     * @param bind resolved addresses of either family; with port 0 the kernel chooses one for both
     *     transports. The IPv6 wildcard takes IPv4 too.
     * @throws IOException if an address cannot be bound
     */
    public static Responder open(
            List<InetSocketAddress> bind,
            Supplier<Zone> zone,
            Forwarder forwarder,
            ResponderConfig config)
            throws IOException {
        Responder responder = new Responder(zone, forwarder, config);
        try {
            for (InetSocketAddress address : bind) {
                responder.bind(address);
            }
        } catch (IOException | RuntimeException e) {
            responder.close();
            throw e;
        }
        responder.udp.forEach(UdpListener::start);
        responder.tcp.forEach(TcpListener::start);
        return responder;
    }

    private void bind(InetSocketAddress address) throws IOException {
        for (int tries = 1; ; tries++) {
            UdpListener datagrams = UdpListener.open(address, config, conversation);
            try {
                tcp.add(
                        TcpListener.open(
                                datagrams.address(), config, conversation, counters, threads));
                udp.add(datagrams);
                return;
            } catch (BindException e) {
                datagrams.close();
                if (address.getPort() != 0 || tries == PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** What was bound, in the order given, with real ports. */
    public List<InetSocketAddress> addresses() {
        return udp.stream().map(UdpListener::address).toList();
    }

    public ResponderCounters counters() {
        return counters;
    }

    /**
     * Stops listening and drops what is under way. Returns when no more replies are sent over UDP.
     */
    @Override
    public void close() {
        tcp.forEach(TcpListener::close);
        udp.forEach(UdpListener::close);
        threads.shutdownNow();
    }
}
