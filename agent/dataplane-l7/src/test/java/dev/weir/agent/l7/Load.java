package dev.weir.agent.l7;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/** Clients that ask without a pause until they are told to stop. */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 6;
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /** One request; throws when it was not answered by a backend. */
    interface Asking {
        String ask(int client) throws Exception;
    }

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Set<String> backends = new ConcurrentSkipListSet<>();
    private volatile boolean over;

    private Load(Asking asking) {
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            threads.add(Thread.ofVirtual().start(() -> run(asking, client)));
        }
    }

    /** By connections that are kept, half of the requests by POST. */
    static Load on(Site site, String host) {
        return of(site, host, client -> client % 2 == 0);
    }

    /** By connections that are kept; requests that may be sent twice. */
    static Load gets(Site site, String host) {
        return of(site, host, client -> false);
    }

    private static Load of(Site site, String host, IntPredicate posts) {
        Visitor visitor = new Visitor(site.address);
        return new Load(
                client -> {
                    HttpRequest.Builder request = visitor.request(host, "/load");
                    if (posts.test(client)) {
                        request.POST(HttpRequest.BodyPublishers.ofString("x".repeat(1_000)));
                    }
                    return visitor.send(request.build()).seen().by();
                });
    }

    /** With a handshake for each request. */
    static Load tls(Site site, String name) {
        return new Load(client -> site.visitor.tls(name, "/").answer().seen().by());
    }

    private void run(Asking asking, int client) {
        while (!over && failures.isEmpty()) {
            try {
                backends.add(asking.ask(client));
                answered.incrementAndGet();
            } catch (Exception | AssertionError e) {
                failures.add(e);
            }
        }
    }

    /** Waits until so many requests more were answered. */
    void answers(int more) throws InterruptedException {
        long target = answered.get() + more;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (answered.get() < target && failures.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + LIMIT + " for " + more + " answers");
            }
            Thread.sleep(1);
        }
        check();
    }

    private void check() {
        Throwable failure = failures.peek();
        if (failure != null) {
            throw new AssertionError("after " + answered + " answers: " + failure, failure);
        }
    }

    /** Those that answered since the last call. */
    Set<String> backends() {
        Set<String> since = new TreeSet<>(backends);
        backends.clear();
        return since;
    }

    /** Ends all clients. Throws when a request failed. */
    @Override
    public void close() throws InterruptedException, IOException {
        over = true;
        for (Thread thread : threads) {
            if (!thread.join(LIMIT)) {
                throw new AssertionError("waited " + LIMIT + " for the end of a client");
            }
        }
        check();
    }
}
