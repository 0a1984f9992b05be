package dev.weir.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jboss.logging.Logger;

/** What a process is made of; closed in the reverse order, whatever one of them throws. */
final class Parts implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Parts.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T part) {
        open.push(part);
        return part;
    }

    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warnf("While stopping: %s", e.getMessage());
            }
        }
    }
}
