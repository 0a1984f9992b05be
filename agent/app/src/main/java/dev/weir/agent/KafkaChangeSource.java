package dev.weir.agent;

import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader.Next;
import dev.weir.log.kafka.KafkaConfig;
import dev.weir.log.kafka.KafkaFollower;
import dev.weir.model.FailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Follows the shards in their Kafka topics, without a control plane in between. A topic that nobody
 * has claimed yet says nothing: it may be one that was lost.
 *
 * <p>What cannot be read stops its shard with an alarm in the log, and the last good state stays.
 */
public final class KafkaChangeSource implements ChangeSource {
    private static final Logger LOG = Logger.getLogger(KafkaChangeSource.class);

    /** Changes of a shard that wait for a slow reader; a slower one gets a snapshot. */
    private static final int HISTORY = 1_000;

    /** How often a shard without changes is looked at for what stands in its way. */
    private static final Duration LOOK = Duration.ofMillis(200);

    /** How long a close waits for what is under way. */
    private static final Duration END = Duration.ofSeconds(2);

    private final KafkaConfig config;
    private final List<KafkaFollower> followers = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** Held while an update is taken. */
    private final ReentrantLock updating = new ReentrantLock();

    public KafkaChangeSource(KafkaConfig config) {
        this.config = config;
    }

    @Override
    public void start(Collection<String> shards, Frontier resume, Consumer<ShardUpdate> updates) {
        for (String shard : shards) {
            KafkaFollower follower = KafkaFollower.start(config, shard, HISTORY);
            followers.add(follower);
            threads.add(
                    Thread.ofVirtual()
                            .name("change-source-" + shard)
                            .start(() -> run(follower, resume, updates)));
        }
    }

    @Override
    public boolean connected() {
        return !followers.isEmpty()
                && followers.stream()
                        .allMatch(shard -> isInSync(shard) && shard.trouble().isEmpty());
    }

    private static boolean isInSync(KafkaFollower follower) {
        return follower.caughtUp() && !follower.image().logId().isEmpty();
    }

    private void run(KafkaFollower follower, Frontier resume, Consumer<ShardUpdate> updates) {
        try {
            Trouble trouble = new Trouble(LOG);
            while (!isInSync(follower)) {
                tell(follower, trouble);
                Thread.sleep(LOOK);
            }
            follow(follower, resume, updates, trouble);
        } catch (InterruptedException | FailureException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** FailureException: the follower was closed. */
    private void follow(
            KafkaFollower follower, Frontier resume, Consumer<ShardUpdate> updates, Trouble trouble)
            throws InterruptedException {
        long revision = resume.revision(follower.shard());
        String logId = revision == 0 ? "" : resume.logId();
        boolean told = false;
        while (true) {
            switch (follower.next(logId, revision, told ? LOOK : Duration.ZERO)) {
                case Next.Expired _ -> {
                    Image image = follower.image();
                    deliver(new ShardUpdate.Snapshot(image), updates);
                    logId = image.logId();
                    revision = image.revision();
                }
                case Next.Changes(var delta) -> {
                    if (!told || delta.revision() != revision) {
                        deliver(new ShardUpdate.Changes(delta), updates);
                        revision = delta.revision();
                    }
                }
            }
            told = true;
            tell(follower, trouble);
        }
    }

    private static void tell(KafkaFollower follower, Trouble trouble) {
        follower.trouble()
                .ifPresentOrElse(
                        what ->
                                trouble.is(
                                        "The node keeps its last good state of shard "
                                                + follower.shard()
                                                + ": "
                                                + what),
                        trouble::over);
    }

    private void deliver(ShardUpdate update, Consumer<ShardUpdate> updates)
            throws InterruptedException {
        updating.lockInterruptibly();
        try {
            updates.accept(update);
        } finally {
            updating.unlock();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("closed while an update was taken");
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        // Each may have to wait for a broker.
        List<Thread> ends =
                followers.stream()
                        .map(follower -> Thread.ofVirtual().start(follower::close))
                        .toList();
        try {
            for (Thread thread : threads) {
                if (!thread.join(END)) {
                    LOG.warnf("An update is still being taken after %s", END);
                }
            }
            for (Thread end : ends) {
                if (!end.join(END)) {
                    LOG.warnf("A reader of Kafka has not ended after %s", END);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
