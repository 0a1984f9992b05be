package dev.weir.agent;

import dev.weir.agent.spi.Heartbeats;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The agent's settings: {@code weir.agent.*}, as system properties or {@code WEIR_AGENT_*} in the
 * environment.
 */
@ConfigMapping(prefix = "weir.agent")
public interface AgentConfig {
    /**
     * The control plane: {@code unix:///path} or {@code host:port}; several replicas with commas
     * between. The first that answers is used until it is gone.
     */
    String join();

    /**
     * Where the node's state comes from: {@code stream}, of the control plane, or {@code kafka}.
     */
    @WithDefault("stream")
    Source source();

    /** The brokers to begin with, {@code host:port,...}; for the source {@code kafka}. */
    Optional<String> kafka();

    /** What the names of the cluster's topics begin with; for the source {@code kafka}. */
    @WithDefault("weir")
    String cluster();

    /** Further settings of the Kafka clients, e.g. of their security. */
    Map<String, String> kafkaClient();

    /** The node's name: a DNS subdomain, unique in the cluster; by default the host's name. */
    Optional<String> nodeName();

    /**
     * The node's addresses that the other nodes reach it at, one per family; by default those that
     * the default routes leave from.
     */
    Optional<List<String>> nodeIp();

    /**
     * What the agent programs, of {@code nft}, {@code dns} and {@code l2}; or {@code l7} alone, in
     * an agent that is a pod.
     */
    @WithDefault("nft,dns,l2")
    List<String> planes();

    /**
     * Whether TCP and UDP node ports also answer at 127.0.0.1 and ::1, by way of this process:
     * costs a file descriptor for each port and family, and connections end with it.
     */
    @WithDefault("false")
    boolean localhostNodePorts();

    /**
     * Where the node's own health is told ({@code /healthz}, {@code /livez}), and what came to
     * Services ({@code /metrics}): a port of the node's addresses, or {@code address:port}; nowhere
     * if empty.
     */
    @WithDefault("10256")
    Optional<String> healthz();

    /**
     * Whether the packets and bytes of Services are counted, besides their connections: costs a
     * look-up for each packet of theirs.
     */
    @WithDefault("false")
    boolean countTraffic();

    /** How addresses of load balancers are announced. */
    L2 l2();

    /** {@code weir.agent.l2.*}: the same on all nodes of a link. */
    interface L2 {
        /** How often a node says on the link that it is there; 100 ms to 10 s. */
        @WithDefault("PT0.4S")
        Duration heartbeat();

        /**
         * After how long without a heartbeat another node takes over; two heartbeats to 60 s. A
         * third one lets two be lost.
         */
        @WithDefault("PT1.4S")
        Duration silence();

        /** Throws IllegalArgumentException that says which contradict each other. */
        default Heartbeats heartbeats() {
            try {
                return new Heartbeats(heartbeat(), silence());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "weir.agent.l2.heartbeat and weir.agent.l2.silence: " + e.getMessage(), e);
            }
        }
    }

    /** {@code NAMESPACE/NAME} of the pod that this agent is; for the plane {@code l7}. */
    Optional<String> pod();

    /** Settings of the plane {@code l7}, as {@code docs/design/l7.md} lists them. */
    Map<String, String> l7();

    /** How pods of different nodes reach each other. */
    @WithDefault("direct")
    String fabric();

    /** Where the agent keeps its journal, its last state and the queue of CNI calls. */
    @WithDefault("/var/lib/weir")
    Path data();

    /** The socket that the CNI shim talks to. */
    @WithDefault("/run/weir/cni.sock")
    Path cniSocket();

    /** How often the planes look for what somebody else changed. */
    @WithDefault("PT15S")
    Duration refresh();

    /** How long a start waits for the cluster's state before it uses that of the last run. */
    @WithDefault("PT3S")
    Duration syncTimeout();

    /** Where outside names are resolved: the host's resolv.conf. */
    @WithDefault("/etc/resolv.conf")
    Path resolvConf();
}
