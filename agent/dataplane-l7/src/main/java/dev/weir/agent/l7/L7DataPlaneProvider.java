package dev.weir.agent.l7;

import dev.weir.agent.l7.proxy.Proxy;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DataPlaneProvider;
import dev.weir.agent.spi.NodeSettings;

/** The plane called "l7". Needs ports below 1024 for the listeners that have them. */
public final class L7DataPlaneProvider implements DataPlaneProvider {
    static final String NAME = "l7";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DataPlane open(NodeSettings settings) {
        return new L7DataPlane(Proxy.start(L7Options.of(settings.options())));
    }
}
