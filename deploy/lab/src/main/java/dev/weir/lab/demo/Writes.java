package dev.weir.lab.demo;

import dev.weir.changes.Frontier;
import dev.weir.cli.ProgrammedWait;
import dev.weir.client.ServerUnreachableException;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.client.Written;
import dev.weir.core.v1.Commit;
import dev.weir.lab.RunningLab;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Clients that keep on writing, whatever happens to the servers: they create one object after
 * another, and try each again until it is acknowledged. What a refused attempt did is unknown: an
 * object that is there already when it is tried again was written by that attempt.
 */
final class Writes implements AutoCloseable {
    private static final int CLIENTS = 4;

    /** From one attempt of a client to its next. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** How long nothing may be acknowledged. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String NOBODY = "nobody listens at the server's address";

    /** A reason names who does not serve. */
    private static final Pattern WHO = Pattern.compile("shard [a-z]+|control-plane|[a-z]+-service");

    private final RunningLab lab;
    private final Sample sample;
    private final String prefix;
    private final List<Thread> clients;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean ended;

    // Guarded by this.
    private final List<String> acknowledged = new ArrayList<>();
    private final List<WriteReport.Refusal> refusals = new ArrayList<>();
    private Frontier frontier = Frontier.EMPTY;
    private int tried;
    private Duration longest = Duration.ZERO;

    /**
     * Starts at once.
     *
     * @param prefix begins the names of the objects
     */
    Writes(RunningLab lab, Sample sample, String prefix) {
        this.lab = lab;
        this.sample = sample;
        this.prefix = prefix;
        this.clients =
                IntStream.range(0, CLIENTS)
                        .mapToObj(client -> Thread.ofVirtual().start(this::write))
                        .toList();
    }

    private void write() {
        try {
            while (!ended) {
                String name = prefix + "-" + next.getAndIncrement();
                long start = System.nanoTime();
                boolean done = attempt(name, false);
                while (!done && !ended) {
                    Thread.sleep(PAUSE);
                    done = attempt(name, true);
                }
                waited(Duration.ofNanos(System.nanoTime() - start));
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On a connection of its own: it need not wait until an old one is given up. */
    private boolean attempt(String name, boolean again) {
        try (WeirClient client = lab.client()) {
            Written written = client.create(sample.named(name), WriteOptions.NONE);
            acknowledged(name, written.commit());
            return true;
        } catch (ServerUnreachableException _) {
            refused(true, NOBODY);
            return false;
        } catch (FailureException e) {
            if (again && e.failure().reason() == Failure.Reason.ALREADY_EXISTS) {
                acknowledged(name, null);
                return true;
            }
            refused(
                    e.failure().reason() == Failure.Reason.UNAVAILABLE
                            && WHO.matcher(e.failure().message()).find(),
                    e.failure().reason().word() + ": " + e.failure().message());
            return false;
        }
    }

    private synchronized void acknowledged(String name, @Nullable Commit commit) {
        tried++;
        acknowledged.add(name);
        if (commit != null) {
            frontier = ProgrammedWait.with(frontier, commit);
        }
        notifyAll();
    }

    private synchronized void refused(boolean clear, String words) {
        tried++;
        refusals.add(new WriteReport.Refusal(clear, words));
    }

    private synchronized void waited(Duration time) {
        longest = time.compareTo(longest) > 0 ? time : longest;
    }

    /** Waits until each client has had time for more. False when too little is acknowledged. */
    synchronized boolean awaitMore() throws InterruptedException {
        int wanted = acknowledged.size() + 2 * CLIENTS;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (acknowledged.size() < wanted) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** Ends the clients; what became of all it tried. */
    WriteReport end() throws InterruptedException {
        close();
        synchronized (this) {
            return new WriteReport(tried, acknowledged, refusals, longest);
        }
    }

    /** The names of all objects that are there now; not before the last one acknowledged is. */
    Set<String> there() {
        Frontier last;
        synchronized (this) {
            last = frontier;
        }
        try (WeirClient client = lab.client()) {
            client.find(sample.kind(), Sample.IN, prefix, last);
            return client.list(sample.kind(), "", "").items().stream()
                    .map(Sample::nameOf)
                    .collect(Collectors.toSet());
        }
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        for (Thread client : clients) {
            client.join();
        }
    }
}
