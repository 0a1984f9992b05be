package dev.weir.agent.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Carries images in memory: for tests of the agent without root. The store outlives the plane, as a
 * kernel does.
 */
public final class RecordingPlane implements DataPlane {
    private final Store store;
    private final Set<String> shards;
    private NodeImage wanted = NodeImage.EMPTY;

    /** What is carried, and every call that came. */
    public static final class Store {
        private NodeImage carried = NodeImage.EMPTY;
        private final List<String> calls = new ArrayList<>();

        public synchronized NodeImage carried() {
            return carried;
        }

        public synchronized void carry(NodeImage image) {
            carried = image;
        }

        public synchronized List<String> calls() {
            return List.copyOf(calls);
        }

        private synchronized void called(String call) {
            calls.add(call);
        }
    }

    public RecordingPlane(Store store, Set<String> shards) {
        this.store = store;
        this.shards = Set.copyOf(shards);
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public Set<String> shards() {
        return shards;
    }

    @Override
    public Outcome apply(NodeImage image, NodeDelta delta) {
        store.called("apply");
        wanted = image;
        store.carry(image);
        return Outcome.DONE;
    }

    @Override
    public List<Drift> verify() {
        NodeDelta difference = NodeDelta.between(store.carried(), wanted);
        return difference.isEmpty()
                ? List.of()
                : List.of(new Drift("image", wanted.toString(), store.carried().toString()));
    }

    @Override
    public Outcome repair() {
        store.called("repair");
        store.carry(wanted);
        return Outcome.DONE;
    }

    @Override
    public void close() {
        store.called("close");
    }
}
