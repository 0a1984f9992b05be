package dev.weir.agent.l2;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DataPlaneProvider;
import dev.weir.agent.spi.NodeSettings;

/**
 * The plane called "l2". Needs CAP_NET_RAW. A node without a link that it could announce on is none
 * the worse for it: the plane says so once an address should be announced from there.
 */
public final class L2DataPlaneProvider implements DataPlaneProvider {
    static final String NAME = "l2";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DataPlane open(NodeSettings settings) {
        return open(settings, NetworkNamespace.own());
    }

    static L2DataPlane open(NodeSettings settings, NetworkNamespace namespace) {
        return new L2DataPlane(settings, namespace);
    }
}
