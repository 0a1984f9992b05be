package dev.weir.server;

import com.google.protobuf.Message;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.ShardReader.Next;
import dev.weir.changes.Step;
import dev.weir.log.Committed;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.Write;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Keeps a service's derived objects up to date: follows the shards that it reads, and its own, and
 * writes what a {@link Derivation} gives.
 *
 * <p>Each write says in the head's {@code after} what has been consumed, even when nothing follows
 * from it, so that whoever waits for a change knows when its effects are there. Only this service's
 * own writes are not answered so, or it would answer itself for ever.
 */
public final class DerivationLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(DerivationLoop.class);

    /** How long to wait before trying a failed write again. */
    private static final Duration RETRY = Duration.ofMillis(200);

    /** Before a derivation that failed is tried again when nothing changes. */
    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

    private static final Duration IDLE = Duration.ofSeconds(10);

    /** How long to wait for what the writer before had read, at most. */
    private static final Duration CATCH_UP = Duration.ofSeconds(10);

    private final Shard own;
    private final List<ShardReader> sources;
    private final Derivation derivation;
    private final BlockingQueue<Delta> seen = new LinkedBlockingQueue<>(16);
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Revisions of the own shard that this loop wrote and has not met again. Owned by the loop's
     * thread.
     */
    private final TreeSet<Long> written = new TreeSet<>();

    /** The last state derived from, by shard. Owned by the loop's thread. */
    private final Map<String, Image> images = new HashMap<>();

    private volatile boolean closed;

    public DerivationLoop(Shard own, List<? extends ShardReader> upstreams, Derivation derivation) {
        this.own = own;
        this.derivation = derivation;
        this.sources = new ArrayList<>(upstreams);
        this.sources.add(own);
    }

    public void start() {
        sources.forEach(
                source ->
                        threads.add(
                                Thread.ofVirtual()
                                        .name("follow-" + source.shard())
                                        .start(() -> follow(source))));
        threads.add(Thread.ofVirtual().name("derive-" + own.shard()).start(this::run));
    }

    private void follow(ShardReader source) {
        try {
            catchUp(source);
            Image image = Image.empty(source.shard());
            Image first = source.image();
            seen.put(Delta.between(image, first));
            image = first;
            while (!closed) {
                Delta delta =
                        switch (source.next(image.logId(), image.revision(), IDLE)) {
                            case Next.Changes(var changes) -> changes;
                            case Next.Expired expired -> Delta.between(image, source.image());
                        };
                if (delta.revision() != image.revision() || !delta.logId().equals(image.logId())) {
                    image = image.apply(delta);
                    seen.put(delta);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (FailureException gone) {
            if (!closed) {
                LOG.warnf("No more is derived from it: %s", gone.getMessage());
            }
        }
    }

    /**
     * Waits until what the writer before had read has been read here: what is derived from less
     * would undo some of its work for a while.
     */
    private void catchUp(ShardReader source) throws InterruptedException {
        Frontier before = own.image().after();
        try {
            new ShardDirectory(List.of(source))
                    .await(
                            Frontier.of(
                                    before.logId(),
                                    source.shard(),
                                    before.revision(source.shard())),
                            CATCH_UP);
        } catch (FailureException e) {
            LOG.warnf("Derives from what there is: %s", e.getMessage());
        }
    }

    private void run() {
        try {
            List<Delta> undone = firstStates();
            while (!closed) {
                if (!undone.isEmpty() && consume(merged(undone))) {
                    undone = new ArrayList<>();
                }
                Duration pause = undone.isEmpty() ? IDLE : AFTER_FAULT;
                Delta next = seen.poll(pause.toMillis(), TimeUnit.MILLISECONDS);
                if (next != null) {
                    undone.add(next);
                    seen.drainTo(undone);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Of every shard, since one that was not heard of yet looks as if everything in it was gone.
     */
    private List<Delta> firstStates() throws InterruptedException {
        List<Delta> first = new ArrayList<>();
        while (first.stream().map(Delta::shard).distinct().count() < sources.size()) {
            first.add(seen.take());
        }
        return first;
    }

    private static Map<String, Delta> merged(List<Delta> batch) {
        Map<String, Delta> deltas = new HashMap<>();
        batch.forEach(delta -> deltas.merge(delta.shard(), delta, Delta::then));
        return deltas;
    }

    /**
     * Writes what follows, and tries again while the log cannot take it. False when the derivation
     * itself fails: then nothing counts as consumed, and the same changes are derived again with
     * the next ones, so that waits say what is missing.
     */
    private boolean consume(Map<String, Delta> deltas) throws InterruptedException {
        Delta ownDelta = deltas.get(own.shard());
        boolean foreign = deltas.keySet().stream().anyMatch(shard -> !shard.equals(own.shard()));
        foreign |= ownDelta != null && othersWrote(ownDelta);
        Map<String, Step> steps = new HashMap<>();
        for (ShardReader source : sources) {
            Image before = images.getOrDefault(source.shard(), Image.empty(source.shard()));
            Delta delta = deltas.get(source.shard());
            Step step = delta == null ? Step.still(before) : Step.of(before, delta);
            steps.put(source.shard(), step);
        }
        while (!closed) {
            try {
                Committed<String> done =
                        own.write(new DerivedWrite(new Derivation.Steps(steps), foreign)).join();
                if (done.revision() > 0) {
                    written.add(done.revision());
                }
                steps.forEach((shard, step) -> images.put(shard, step.to()));
                return true;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof FailureException failure)) {
                    LOG.errorf(
                            e.getCause(),
                            "Deriving into shard %s fails; what was derived before stays",
                            own.shard());
                    return false;
                }
                LOG.warnf(
                        "Deriving into shard %s: %s; trying again",
                        own.shard(), failure.getMessage());
                Thread.sleep(RETRY);
            }
        }
        return false;
    }

    /** Whether the delta holds a revision that this loop did not write. */
    private boolean othersWrote(Delta delta) {
        Image before = images.getOrDefault(own.shard(), Image.empty(own.shard()));
        if (!before.logId().equals(delta.logId())) {
            written.clear();
            return true;
        }
        var mine = written.headSet(delta.revision(), true);
        long count = mine.size();
        mine.clear();
        return delta.revision() - before.revision() > count;
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    /** Everything that follows from some steps, as one write. */
    private final class DerivedWrite implements Write<String> {
        private final Derivation.Steps steps;
        private final Frontier consumed;
        private final boolean foreign;

        DerivedWrite(Derivation.Steps steps, boolean foreign) {
            this.steps = steps;
            this.foreign = foreign;
            Frontier after = Frontier.EMPTY;
            for (Step step : steps.byShard().values()) {
                Image image = step.to();
                if (image.revision() > 0) {
                    after = after.with(image.logId(), image.shard(), image.revision());
                }
            }
            this.consumed = after;
        }

        @Override
        public Decision<String> decide(Pending pending) {
            Step mine = steps.of(own.shard());
            SortedMap<Key, Optional<Message>> changes =
                    derivation.derive(
                            steps.with(
                                    own.shard(),
                                    new Step(mine.from(), mine.delta(), pending.image()),
                                    pending.accepted()));
            changes.replaceAll((key, object) -> object.map(put -> stamped(key, put, pending)));
            return new Decision.Accept<>(
                    changes,
                    foreign || !changes.isEmpty() ? after(mine, pending) : Frontier.EMPTY,
                    "");
        }

        /**
         * What has been consumed. This very write is included when nobody else wrote to the shard
         * since the step: what the deriver itself writes calls for nothing more.
         */
        private Frontier after(Step mine, Pending pending) {
            long seen = mine.to().revision();
            boolean others = pending.revision() - 1 - seen > written.tailSet(seen, false).size();
            return consumed.logId().isEmpty() || others
                    ? consumed
                    : consumed.with(consumed.logId(), own.shard(), pending.revision());
        }

        private static Message stamped(Key key, Message object, Pending pending) {
            return pending.image()
                    .get(key)
                    .map(old -> Metadata.rederived(old.value(), object, pending.revision()))
                    .orElseGet(() -> Metadata.derived(object, key, pending.revision()));
        }

        @Override
        public String repeated(Image durable, long revision) {
            return "";
        }
    }
}
