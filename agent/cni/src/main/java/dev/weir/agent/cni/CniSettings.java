package dev.weir.agent.cni;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.model.IpAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the CNI server lives.
 *
 * @param socket where shims connect; its directory is made if need be
 * @param state directory of what must survive restarts: the address journal and the queue of
 *     deletes
 * @param nodeAddresses one per family, as other nodes know this one
 * @param node where the node's ends of the links are: {@link NetworkNamespace#own()}, but for
 *     simulations
 */
public record CniSettings(
        Path socket, Path state, List<IpAddress> nodeAddresses, NetworkNamespace node) {
    /** Where the shim looks when its configuration says nothing. */
    public static final Path DEFAULT_SOCKET = Path.of("/run/weir/cni.sock");

    /**
     * Its subdirectory {@code cni-queue} is where the shim keeps deletes when its configuration
     * says nothing.
     */
    public static final Path DEFAULT_STATE = Path.of("/var/lib/weir");

    public CniSettings {
        nodeAddresses = List.copyOf(nodeAddresses);
    }

    /** Who has which address. */
    public Path journal() {
        return state.resolve("ipam.journal");
    }

    /** What the shim keeps while the agent is away. */
    public Path queue() {
        return state.resolve("cni-queue");
    }
}
