package dev.weir.agent.spi;

import java.util.Set;

class RecordingPlaneTest extends DataPlaneContract {
    private final RecordingPlane.Store store = new RecordingPlane.Store();

    @Override
    protected DataPlane open() {
        return new RecordingPlane(store, Set.of());
    }

    @Override
    protected void tamper() {
        store.carry(NodeImage.EMPTY);
    }
}
