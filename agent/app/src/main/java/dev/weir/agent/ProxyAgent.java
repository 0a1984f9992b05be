package dev.weir.agent;

import dev.weir.agent.derive.NodeDeriver;
import dev.weir.agent.edge.NodeHealth;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Frontier;
import dev.weir.client.Connection;
import dev.weir.client.Servers;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.JoinResponse;
import dev.weir.node.v1.ProxySecretsGrpc;
import dev.weir.node.v1.ProxySecretsRequest;
import dev.weir.node.v1.ProxySecretsResponse;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * An agent that is a pod: it carries the plane {@code l7} and nothing else. It has no node of its
 * own, only the name of the one that it runs on, for what depends on the node; and it is sent the
 * Secrets that it terminates TLS with, which it keeps in memory only.
 */
final class ProxyAgent implements AutoCloseable {
    static final String PLANE = "l7";

    private static final Logger LOG = Logger.getLogger(ProxyAgent.class);

    private final AgentConfig config;
    private final Parts parts = new Parts();

    private ProxyAgent(AgentConfig config) {
        this.config = config;
    }

    /** Whether this is what the configuration asks for: a plane that is a process of its own. */
    static boolean isAskedFor(AgentConfig config) {
        return config.planes().contains(PLANE);
    }

    /**
     * Joins and starts. Throws IllegalArgumentException or IllegalStateException with what to do
     * when it cannot run here.
     */
    static ProxyAgent start(AgentConfig config) throws IOException, InterruptedException {
        ProxyAgent agent = new ProxyAgent(config);
        try {
            agent.start();
            return agent;
        } catch (IOException | InterruptedException | RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private void start() throws IOException, InterruptedException {
        if (config.planes().size() > 1) {
            throw new IllegalArgumentException(
                    "the plane l7 is a process of its own: start a second agent for "
                            + config.planes().stream().filter(p -> !p.equals(PLANE)).toList());
        }
        Key pod = pod();
        String proxy = pod.namespace() + "/" + pod.name();
        NodeIdentity self = NodeIdentity.of(config.nodeName(), config.nodeIp());
        Files.createDirectories(config.data());
        String instance = UUID.randomUUID().toString();
        Connection connection = parts.add(Connection.open(Servers.parse(config.join())));
        ManagedChannel channel = connection.channel();
        Membership membership = Membership.ofProxy(channel, self, proxy, instance, config.data());
        JoinResponse cluster = membership.join();
        NodeSettings settings = membership.settings(cluster).withOptions(config.l7());
        DataPlane plane = new Planes().open(PLANE, settings);
        Vitals vitals = new Vitals(pod, config.refresh(), Clock.systemUTC(), System::nanoTime);
        Reporter reporter =
                parts.add(
                        new Reporter(
                                self.name(),
                                proxy,
                                instance,
                                channel,
                                Duration.ofMillis(cluster.getReportIntervalMs()),
                                new NodeLoop.Carried(
                                        NodeImage.EMPTY, Frontier.EMPTY, List.of(), List.of())));
        Fan fan = new Fan();
        NodeLoop loop =
                parts.add(
                        new NodeLoop(
                                List.of(new PlaneDriver(plane)),
                                new NodeDeriver(settings),
                                config.refresh(),
                                fan::carried));
        ChangeSource source = parts.add(config.source().open(self.name(), channel, config));
        ChangeSource secrets =
                parts.add(
                        new StreamChangeSource(channel, request -> secrets(channel, self, proxy)));
        fan.add(vitals::carried);
        fan.add(reporter::carried);
        config.healthz()
                .map(text -> NodeHealth.places(text, self.addresses()))
                .ifPresent(
                        places ->
                                parts.add(
                                        NodeHealth.start(
                                                pod,
                                                places,
                                                vitals::condition,
                                                plane::metrics,
                                                Clock.systemUTC())));
        loop.start();
        source.start(List.of(Shards.CONTROL, Shards.ENDPOINT), Frontier.EMPTY, loop::accept);
        secrets.start(List.of(Shards.SECRET), Frontier.EMPTY, loop::accept);
        reporter.start();
        LOG.infof("Proxy %s serves on %s", proxy, self.addresses());
    }

    private Key pod() {
        String text =
                config.pod()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the plane l7 runs as a pod: set weir.agent.pod to"
                                                        + " its NAMESPACE/NAME"));
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1) {
            throw new IllegalArgumentException(
                    "weir.agent.pod is \"" + text + "\", expected NAMESPACE/NAME");
        }
        return Kinds.POD.key(text.substring(0, slash), text.substring(slash + 1));
    }

    private static Iterator<FollowResponse> secrets(
            ManagedChannel channel, NodeIdentity self, String proxy) {
        Iterator<ProxySecretsResponse> stream =
                ProxySecretsGrpc.newBlockingStub(channel)
                        .follow(
                                ProxySecretsRequest.newBuilder()
                                        .setNodeName(self.name())
                                        .setProxy(proxy)
                                        .build());
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return stream.hasNext();
            }

            @Override
            public FollowResponse next() {
                return stream.next().getPart();
            }
        };
    }

    @Override
    public void close() {
        parts.close();
    }
}
