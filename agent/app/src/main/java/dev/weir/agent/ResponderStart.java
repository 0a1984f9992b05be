package dev.weir.agent;

import dev.weir.agent.cni.CniServer;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.agent.dns.DnsPlane;
import dev.weir.agent.dns.NodeResponder;
import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.forward.ForwarderConfig;
import dev.weir.dns.resolvconf.ResolvConf;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Opens the node's responder, tried until it works: it needs an address of the node's, which takes
 * a while on a new node.
 *
 * @param clusterAddresses of the cluster's name service
 * @param resolvConf where outside names are resolved
 */
record ResponderStart(
        NodeIdentity self,
        DnsPlane plane,
        List<PlaneDriver> planes,
        CniServer cni,
        NodePods pods,
        List<IpAddress> clusterAddresses,
        Path resolvConf) {
    private static final Logger LOG = Logger.getLogger(ResponderStart.class);
    private static final Duration RETRY = Duration.ofMillis(100);

    /**
     * Opens it on a thread of its own, which the returned part ends.
     *
     * @param opened told when it answers
     */
    AutoCloseable begin(Consumer<NodeResponder> opened) {
        Thread thread = Thread.ofVirtual().name("responder").start(() -> run(opened));
        return thread::interrupt;
    }

    private void run(Consumer<NodeResponder> opened) {
        Key pod = Kinds.POD.key("kube-system", "kube-dns-" + self.name());
        String told = "";
        try {
            while (true) {
                try {
                    Optional<PodAttachment> reserved =
                            cni.reserve("kube-dns", pod, Map.of("k8s-app", "kube-dns"));
                    if (reserved.isPresent()) {
                        opened.accept(open(reserved.get()));
                        var unused = pods.podAdded(reserved.get());
                        return;
                    }
                } catch (IOException | RuntimeException e) {
                    if (!told.equals(String.valueOf(e.getMessage()))) {
                        LOG.warn("This node answers no names yet; its pods ask the other nodes", e);
                        told = String.valueOf(e.getMessage());
                    }
                }
                Thread.sleep(RETRY);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private NodeResponder open(PodAttachment at) throws IOException, InterruptedException {
        ResolvConf host = ResolvConf.parse(Files.readString(resolvConf));
        return NodeResponder.open(
                plane,
                at.addresses(),
                clusterAddresses,
                Forwarder.to(host.upstreams(self.addresses()), ForwarderConfig.DEFAULT),
                (frontend, backend, validity) ->
                        planes.forEach(
                                driver -> driver.plane().lease(frontend, backend, validity)));
    }
}
