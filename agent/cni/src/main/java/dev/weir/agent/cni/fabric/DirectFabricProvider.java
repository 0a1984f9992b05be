package dev.weir.agent.cni.fabric;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DataPlaneProvider;
import dev.weir.agent.spi.NodeSettings;

/** Offers {@link DirectFabric}. */
public final class DirectFabricProvider implements DataPlaneProvider {
    @Override
    public String name() {
        return DirectFabric.NAME;
    }

    @Override
    public DataPlane open(NodeSettings settings) {
        return new DirectFabric(NetworkNamespace.own());
    }
}
