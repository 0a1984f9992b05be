package dev.weir.agent;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.JoinResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The node's place in the cluster: joins, and keeps what the cluster said, so that a later start
 * works without a control plane.
 */
final class Membership {
    private static final Logger LOG = Logger.getLogger(Membership.class);
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(200);

    private final ManagedChannel channel;
    private final JoinRequest request;
    private final List<IpAddress> addresses;
    private final Path file;

    private Membership(
            ManagedChannel channel, List<IpAddress> addresses, JoinRequest request, Path data) {
        this.channel = channel;
        this.addresses = List.copyOf(addresses);
        this.request = request;
        this.file = data.resolve("cluster.pb");
    }

    /** Of a node, which is registered. */
    static Membership ofNode(
            ManagedChannel channel,
            String node,
            List<IpAddress> addresses,
            int cpus,
            String instance,
            Path data) {
        NodeStatus.Builder status =
                NodeStatus.newBuilder()
                        .putCapacity("cpu", Integer.toString(cpus))
                        .putAllocatable("cpu", Integer.toString(cpus));
        addresses.forEach(
                address ->
                        status.addAddresses(
                                NodeAddress.newBuilder()
                                        .setType("InternalIP")
                                        .setAddress(address.toString())));
        JoinRequest.Builder request = request(node, instance);
        request.getNodeBuilder().setStatus(status);
        return new Membership(channel, addresses, request.build(), data);
    }

    /**
     * Of a proxy on a node that others register.
     *
     * @param proxy {@code NAMESPACE/NAME} of its pod
     */
    static Membership ofProxy(
            ManagedChannel channel, NodeIdentity self, String proxy, String instance, Path data) {
        return new Membership(
                channel,
                self.addresses(),
                request(self.name(), instance).setProxy(proxy).build(),
                data);
    }

    private static JoinRequest.Builder request(String node, String instance) {
        return JoinRequest.newBuilder()
                .setInstance(instance)
                .setNode(Node.newBuilder().setMetadata(ObjectMeta.newBuilder().setName(node)));
    }

    /**
     * Joins; or, on a node that has joined before, goes on with what it was told then. Waits for as
     * long as it takes.
     */
    JoinResponse join() throws IOException, InterruptedException {
        boolean told = false;
        while (true) {
            try {
                JoinResponse response = tryJoin();
                write(response);
                return response;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNAVAILABLE
                        && e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
                    throw new IllegalStateException(
                            "the control plane refuses this node: "
                                    + e.getStatus().getDescription());
                }
            }
            if (Files.exists(file)) {
                LOG.warn("No control plane; going on with the cluster's settings of the last run");
                rejoinLater();
                return JoinResponse.parseFrom(Files.readAllBytes(file));
            }
            if (!told) {
                LOG.warn("No control plane yet; this node joins as soon as there is one");
                told = true;
            }
            Thread.sleep(RETRY);
        }
    }

    private JoinResponse tryJoin() {
        channel.resetConnectBackoff();
        return AgentsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .join(request);
    }

    /** The node's addresses may have changed since. */
    private void rejoinLater() {
        Thread.ofVirtual()
                .name("join")
                .start(
                        () -> {
                            while (true) {
                                try {
                                    write(tryJoin());
                                    return;
                                } catch (StatusRuntimeException | IOException later) {
                                    java.util.concurrent.locks.LockSupport.parkNanos(
                                            RETRY.toNanos() * 5);
                                }
                            }
                        });
    }

    private void write(JoinResponse response) throws IOException {
        Path next = file.resolveSibling("cluster.pb.tmp");
        Files.write(next, response.toByteArray());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    NodeSettings settings(JoinResponse cluster) {
        return new NodeSettings(
                request.getNode().getMetadata().getName(),
                addresses,
                cluster.getPodCidrsList().stream().map(Cidr::of).toList(),
                cluster.getServiceCidrsList().stream().map(Cidr::of).toList(),
                cluster.getExternalIpRangesList().stream().map(Cidr::of).toList());
    }
}
