package dev.weir.agent.l2;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hears and speaks on the link of one family. A link that fails is tried again, as one that this
 * node has just come to.
 *
 * <p>A thread of its own owns the sockets and the {@link Standing}; the plane's thread calls the
 * rest.
 */
final class Announcer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Announcer.class.getName());
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final NetworkNamespace namespace;
    private final String node;
    private final IpAddress address;
    private final Timing timing;
    private final Thread thread;
    private volatile Announcements wanted = Announcements.NONE;
    private volatile String trouble = "";
    private volatile boolean closed;

    /** Where the thread stands on the link; null while there is none. Guarded by this. */
    private @Nullable Standing shown;

    private Announcer(NetworkNamespace namespace, String node, IpAddress address, Timing timing) {
        this.namespace = namespace;
        this.node = node;
        this.address = address;
        this.timing = timing;
        String name = "weir-l2-" + (address.v6() ? "ipv6" : "ipv4");
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /**
     * @param address the node's own, whose link it is
     */
    static Announcer start(
            NetworkNamespace namespace, String node, IpAddress address, Timing timing) {
        Announcer announcer = new Announcer(namespace, node, address, timing);
        announcer.thread.start();
        return announcer;
    }

    IpAddress address() {
        return address;
    }

    void want(Announcements announcements) {
        if (!announcements.equals(wanted)) {
            wanted = announcements;
        }
    }

    /**
     * Waits until this node has announced what it owns of what is wanted, or cannot now, or has
     * just come to the link and listens. Not longer than {@link Timing#announced}; false if
     * something is left then.
     */
    synchronized boolean awaitSaid() throws InterruptedException {
        long end = now() + timing.announced();
        for (long left = end - now(); left > 0 && !unsaid().isEmpty(); left = end - now()) {
            wait(left);
        }
        return unsaid().isEmpty();
    }

    /** Addresses that this node may own, and has still to announce if it does. */
    synchronized Set<IpAddress> unsaid() {
        Announcements asked = wanted;
        return shown == null || !trouble.isEmpty() || closed
                ? Set.of()
                : shown.wanted() == asked
                        ? shown.unsaid()
                        : shown.isListening() ? Set.of() : asked.mayBeOwnedBy(node);
    }

    private synchronized void show(@Nullable Standing standing) {
        if (standing != shown) {
            shown = standing;
            notifyAll();
        }
    }

    /** Why nothing can be announced now; empty when it can. */
    String trouble() {
        return trouble;
    }

    private void run() {
        while (!closed) {
            try {
                serve();
            } catch (IOException | RuntimeException e) {
                fail(e);
            } catch (InterruptedException e) {
                // closed
            }
        }
    }

    private void fail(Exception e) {
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        if (!reason.equals(trouble)) {
            trouble = reason;
            String text = "nothing is announced from " + address + ": " + reason;
            if (e instanceof IOException) {
                LOG.log(Level.WARNING, text);
            } else {
                LOG.log(Level.ERROR, text, e);
            }
        }
        try {
            Thread.sleep(Timing.RETRY);
        } catch (InterruptedException closing) {
            // the loop looks
        }
    }

    /** Until the link fails or is another. */
    private void serve() throws IOException, InterruptedException {
        try (Rtnetlink rtnetlink = namespace.call(Rtnetlink::open)) {
            Link link = Link.find(rtnetlink, address);
            try (Port port = Port.open(namespace, link, Duration.ofMillis(timing.tick()))) {
                speak(port, rtnetlink, link);
            } finally {
                show(null);
            }
        }
    }

    private void speak(Port port, Rtnetlink rtnetlink, Link link)
            throws IOException, InterruptedException {
        long checked = now();
        Standing standing = Standing.start(node, timing, checked);
        while (!closed) {
            var event = port.hear();
            trouble = "";
            long now = now();
            // Time first: who slept for long has lost what it owned, and must not answer.
            if (now - standing.tick() >= timing.tick()) {
                standing = take(port, standing, new Event.Tick(), now);
            }
            if (wanted != standing.wanted()) {
                standing = take(port, standing, new Event.Wanted(wanted), now);
                standing = take(port, standing, new Event.Tick(), now);
            }
            if (event.isPresent()) {
                standing = take(port, standing, event.get(), now);
            }
            show(standing);
            if (now - checked >= Timing.LINK_CHECK.toMillis()) {
                checked = now;
                if (!Link.find(rtnetlink, address).equals(link)) {
                    return;
                }
            }
        }
    }

    private Standing take(Port port, Standing standing, Event event, long now)
            throws IOException, InterruptedException {
        Step step = standing.step(event, now);
        Set<IpAddress> before = standing.owned().keySet();
        Set<IpAddress> after = step.next().owned().keySet();
        if (!after.equals(before)) {
            port.attend(after);
            tell(before, after);
        }
        for (Say say : step.say()) {
            port.say(say);
        }
        return step.next();
    }

    private void tell(Set<IpAddress> before, Set<IpAddress> after) {
        after.stream()
                .filter(owned -> !before.contains(owned))
                .forEach(owned -> LOG.log(Level.INFO, "{0} answers for {1}", node, owned));
        before.stream()
                .filter(owned -> !after.contains(owned))
                .forEach(lost -> LOG.log(Level.INFO, "{0} no longer answers for {1}", node, lost));
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Falls silent, without a word: the others take over when they notice. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
