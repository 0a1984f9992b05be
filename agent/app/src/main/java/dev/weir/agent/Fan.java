package dev.weir.agent;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells several listeners what the node carries, in the order in which they were added. */
final class Fan {
    private final List<Consumer<NodeLoop.Carried>> listeners = new CopyOnWriteArrayList<>();

    void add(Consumer<NodeLoop.Carried> listener) {
        listeners.add(listener);
    }

    void carried(NodeLoop.Carried now) {
        listeners.forEach(listener -> listener.accept(now));
    }
}
