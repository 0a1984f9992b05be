package dev.weir.agent.dns;

import dev.weir.agent.linux.IpBatch;
import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.responder.Responder;
import dev.weir.dns.responder.ResponderConfig;
import dev.weir.model.Backend;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The responder of this node, at a pod address of its own on the loopback link. While it lives, and
 * has a zone, it holds a lease on the cluster's DNS address; when it dies the lease runs out, and
 * queries go to the other nodes' responders.
 */
public final class NodeResponder implements AutoCloseable {
    /**
     * How long queries are lost at most after the responder died: less than the 2 s that are
     * promised.
     */
    static final Duration LEASE = Duration.ofMillis(1_500);

    static final Duration RENEWAL = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(NodeResponder.class);
    private static final int DNS_PORT = 53;

    private final DnsPlane plane;
    private final List<IpAddress> own;
    private final List<IpAddress> cluster;
    private final Lease lease;
    private final Responder responder;
    private final Thread renewal = Thread.ofVirtual().name("dns-lease").unstarted(this::renew);

    /** Sends new connections to the frontend to the backend for that long. */
    public interface Lease {
        void hold(Frontend frontend, Backend backend, Duration validity);
    }

    private NodeResponder(
            DnsPlane plane,
            List<IpAddress> own,
            List<IpAddress> cluster,
            Lease lease,
            Responder responder) {
        this.plane = plane;
        this.own = own;
        this.cluster = cluster;
        this.lease = lease;
        this.responder = responder;
    }

    /**
     * Answers from now on.
     *
     * @param own the responder's addresses, one per family; added to the loopback link
     * @param cluster the cluster's DNS addresses
     */
    public static NodeResponder open(
            DnsPlane plane,
            List<IpAddress> own,
            List<IpAddress> cluster,
            Forwarder forwarder,
            Lease lease)
            throws IOException, InterruptedException {
        addAddresses(own);
        List<InetSocketAddress> bind = new ArrayList<>();
        own.forEach(address -> bind.add(new InetSocketAddress(address.toInetAddress(), DNS_PORT)));
        NodeResponder opened =
                new NodeResponder(
                        plane,
                        List.copyOf(own),
                        List.copyOf(cluster),
                        lease,
                        Responder.open(bind, plane::zone, forwarder, ResponderConfig.DEFAULT));
        opened.renewal.start();
        return opened;
    }

    private static void addAddresses(List<IpAddress> addresses)
            throws IOException, InterruptedException {
        for (boolean v6 : new boolean[] {false, true}) {
            IpBatch batch = v6 ? IpBatch.ipv6() : new IpBatch();
            addresses.stream()
                    .filter(address -> address.v6() == v6)
                    .map(address -> address + "/" + address.bits())
                    .forEach(
                            host -> {
                                if (v6) {
                                    // Without duplicate address detection it can be bound at once.
                                    batch.add("address", "replace", host, "dev", "lo", "nodad");
                                } else {
                                    batch.add("address", "replace", host, "dev", "lo");
                                }
                            });
            if (batch.size() > 0) {
                batch.run().stream()
                        .filter(failure -> !failure.exists())
                        .findFirst()
                        .ifPresent(
                                failure -> {
                                    throw new IllegalStateException(
                                            "the responder's address cannot be set: "
                                                    + failure.message());
                                });
            }
        }
    }

    private void renew() {
        try {
            while (!Thread.interrupted()) {
                if (plane.zone().synced()) {
                    hold();
                }
                Thread.sleep(RENEWAL);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void hold() {
        for (IpAddress address : cluster) {
            for (IpAddress mine : own) {
                if (mine.v6() == address.v6()) {
                    try {
                        lease.hold(
                                new Frontend(address, Protocol.UDP, DNS_PORT),
                                new Backend(mine, DNS_PORT, true),
                                LEASE);
                        lease.hold(
                                new Frontend(address, Protocol.TCP, DNS_PORT),
                                new Backend(mine, DNS_PORT, true),
                                LEASE);
                    } catch (RuntimeException e) {
                        LOG.warnf(
                                "The lease on the DNS address was not renewed: %s", e.getMessage());
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        renewal.interrupt();
        responder.close();
    }
}
