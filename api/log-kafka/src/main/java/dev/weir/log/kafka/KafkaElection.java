package dev.weir.log.kafka;

import dev.weir.log.Election;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Elects the writer of a shard by the assignment of its topic's one partition in a consumer group.
 * Nothing is read and nothing is committed.
 *
 * <p>Who has the seat keeps it when others come (cooperative, sticky), and when its process is
 * started again under the same name within the session (static membership). Who is silent for the
 * session loses it; who closes or stands down hands it over at once.
 */
public final class KafkaElection implements Election {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Who had the seat for so long, or took part without fault, begins with the first pause. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration REBALANCE = Duration.ofSeconds(30);
    private static final int HEARTBEATS_IN_SESSION = 5;

    private final KafkaConfig config;
    private final String shard;
    private final String instance;
    private final TopicPartition seat;
    private volatile boolean elected;
    private volatile boolean closed;
    private volatile boolean standingDown;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile @Nullable Thread thread;

    /** Of the thread: another process has taken part under our name since, and the name is its. */
    private boolean namesake;

    /** Of the thread: pauses in a row. */
    private int pauses;

    KafkaElection(KafkaConfig config, String shard, String instance) {
        this.config = config;
        this.shard = shard;
        this.instance = instance;
        this.seat = new TopicPartition(config.stateTopic(shard), 0);
    }

    @Override
    public synchronized void start(Listener listener) {
        if (thread != null) {
            throw new IllegalStateException("takes part already");
        }
        thread = Thread.ofPlatform().daemon().name("elect-" + shard).start(() -> run(listener));
    }

    @Override
    public boolean elected() {
        return elected;
    }

    /** Why this process does not take part at the moment, and what to do; empty when it does. */
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public void standDown() {
        standingDown = true;
        wakeup();
    }

    @Override
    public void close() {
        closed = true;
        wakeup();
        Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            try {
                running.join(config.request().multipliedBy(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void wakeup() {
        KafkaConsumer<byte[], byte[]> running = consumer;
        if (running != null) {
            running.wakeup();
        }
        LockSupport.unpark(thread);
    }

    private void run(Listener listener) {
        while (!closed) {
            long began = System.nanoTime();
            try {
                takePart(listener);
            } catch (FencedInstanceIdException e) {
                namesake = true;
                trouble =
                        Optional.of(
                                "another process takes part in the election of shard "
                                        + shard
                                        + " as \""
                                        + instance
                                        + "\": give each its own name");
            } catch (KafkaException e) {
                said("take part in the election of " + shard, e);
            } catch (RuntimeException e) {
                trouble = Optional.of("cannot take part in the election of " + shard + ": " + e);
            }
            dismiss(listener);
            if (System.nanoTime() - began > SETTLED.toNanos()) {
                pauses = 0;
            }
            pause();
        }
    }

    private void pause() {
        long end =
                System.nanoTime()
                        + Math.min(
                                FIRST_PAUSE.toNanos() << Math.min(pauses, Byte.SIZE),
                                LONGEST_PAUSE.toNanos());
        pauses++;
        for (long left = end - System.nanoTime();
                left > 0 && !closed;
                left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Until it is to leave, or cannot go on. */
    private void takePart(Listener listener) {
        standingDown = false;
        KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(
                        settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            consumer = member;
            member.subscribe(List.of(seat.topic()), new Assignments(member, listener));
            while (!closed && !standingDown) {
                member.poll(POLL);
                if (!member.assignment().isEmpty() || member.groupMetadata().generationId() > 0) {
                    trouble = Optional.empty();
                }
            }
        } catch (WakeupException e) {
            // to look at what is asked for
        } finally {
            consumer = null;
            dismiss(listener);
            leave(member);
        }
    }

    /** Explicitly: of a static member, the group would wait for the session to end. */
    private void leave(KafkaConsumer<byte[], byte[]> member) {
        try {
            member.close(
                    CloseOptions.groupMembershipOperation(
                                    CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                            .withTimeout(config.request()));
        } catch (KafkaException e) {
            said("leave the election of " + shard, e);
        }
    }

    private void said(String doing, KafkaException e) {
        trouble = Optional.of(String.valueOf(Trouble.of(config, doing, e).getMessage()));
    }

    private void elect(Listener listener) {
        if (!elected && !closed && !standingDown) {
            elected = true;
            listener.elected();
        }
    }

    private void dismiss(Listener listener) {
        if (elected) {
            elected = false;
            listener.dismissed();
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings =
                config.clientSettings(config.cluster() + "-" + shard + "-election");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.writersGroup(shard));
        if (!namesake) {
            settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
        }
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName());
        int session = KafkaConfig.millis(config.session());
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, session / HEARTBEATS_IN_SESSION);
        settings.put(
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, KafkaConfig.millis(config.request()));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Who does not answer to a rebalance is not waited for any longer.
        settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, KafkaConfig.millis(REBALANCE));
        // The topic may be made after this.
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, session);
        return settings;
    }

    /** Called by the thread, within a poll. */
    private final class Assignments implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> member;
        private final Listener listener;

        Assignments(KafkaConsumer<byte[], byte[]> member, Listener listener) {
            this.member = member;
            this.listener = listener;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            member.pause(partitions);
            // A place of its own, so that nobody asks for a committed one.
            partitions.forEach(partition -> member.seek(partition, 0));
            if (partitions.contains(seat)) {
                elect(listener);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (partitions.contains(seat)) {
                dismiss(listener);
            }
        }
    }
}
