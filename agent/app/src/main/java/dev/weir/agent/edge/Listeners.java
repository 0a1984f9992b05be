package dev.weir.agent.edge;

import dev.weir.agent.spi.DesiredVsObserved;
import dev.weir.model.Key;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Listeners of one kind: those wanted, each for an object, and those open. For one thread at a
 * time.
 */
final class Listeners implements AutoCloseable {
    private final Opening opening;
    private final DesiredVsObserved<InetSocketAddress, Key> state = new DesiredVsObserved<>();
    private final Map<InetSocketAddress, Open> open = new HashMap<>();

    /** A port that is open. */
    interface Open extends AutoCloseable {
        @Override
        void close();
    }

    /** How a port is opened; throws IOException when nothing can listen there. */
    interface Opening {
        Open at(InetSocketAddress address) throws IOException;
    }

    Listeners(Opening opening) {
        this.opening = opening;
    }

    /**
     * Accepts TCP connections.
     *
     * @param connections how many they serve at the same time, all together
     */
    Listeners(int connections, ThreadFactory threads, Listener.Guest guest) {
        Semaphore places = new Semaphore(connections);
        this.opening = at -> Listener.open(at, places, threads, guest);
    }

    void want(InetSocketAddress at, Key owner) {
        state.desire(at, owner);
    }

    void leave(InetSocketAddress at) {
        state.undesire(at);
    }

    /** Closes and opens what differs. The owners of what cannot be opened, and why. */
    Map<Key, String> apply() {
        for (InetSocketAddress at : state.stale().keySet()) {
            Open listener = open.remove(at);
            if (listener != null) {
                listener.close();
            }
            state.unobserve(at);
        }
        Map<Key, String> problems = new TreeMap<>();
        state.missing()
                .forEach(
                        (at, owner) -> {
                            try {
                                if (!open.containsKey(at)) {
                                    open.put(at, opening.at(at));
                                }
                                state.observe(at, owner);
                            } catch (IOException e) {
                                problems.merge(
                                        owner,
                                        "cannot listen at " + text(at) + ": " + e.getMessage(),
                                        (one, other) -> one + "; " + other);
                            }
                        });
        return problems;
    }

    private static String text(InetSocketAddress at) {
        String host = at.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + at.getPort();
    }

    @Override
    public void close() {
        open.values().forEach(Open::close);
        open.clear();
        state.observeAll(Map.of());
    }
}
