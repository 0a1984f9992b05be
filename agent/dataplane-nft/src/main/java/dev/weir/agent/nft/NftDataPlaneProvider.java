package dev.weir.agent.nft;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DataPlaneProvider;
import dev.weir.agent.spi.NodeSettings;
import java.io.IOException;

/** The plane called "nft". Needs root, or CAP_NET_ADMIN and CAP_SYS_ADMIN. */
public final class NftDataPlaneProvider implements DataPlaneProvider {
    static final String NAME = "nft";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DataPlane open(NodeSettings settings) {
        return open(settings, NetworkNamespace.own());
    }

    static NftDataPlane open(NodeSettings settings, NetworkNamespace namespace) {
        try {
            return new NftDataPlane(settings, Kernel.open(namespace));
        } catch (IOException | LinkageError e) {
            throw new IllegalStateException(
                    "plane nft needs libnftables.so.1 and the rights of root: " + e.getMessage(),
                    e);
        }
    }
}
