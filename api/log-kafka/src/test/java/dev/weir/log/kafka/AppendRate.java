package dev.weir.log.kafka;

import dev.weir.broker.ForkedBroker;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.model.Shards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures durable writes per second with a broker of its own. Not a test. */
public final class AppendRate {
    private static final int OBJECTS = 10_000;

    private AppendRate() {}

    public static void main(String[] args) throws Exception {
        Path data = Files.createTempDirectory("append-rate");
        try (ForkedBroker broker = ForkedBroker.start(data)) {
            KafkaConfig config = KafkaConfig.of("weir", broker.bootstrap());
            long start = System.nanoTime();
            KafkaLogStore store = KafkaLogStore.open(config);
            said("make and look at the topics", start);
            start = System.nanoTime();
            try (Shard shard = open(store)) {
                said("claim and replay of nothing", start);
                run(shard, 64, 50_000);
                for (int callers : new int[] {1, 64, 1, 64, 512}) {
                    run(shard, callers, callers == 1 ? 2_000 : 100_000);
                }
            }
            start = System.nanoTime();
            try (Shard shard = open(store)) {
                said("claim and replay of " + shard.image().objects().size() + " objects", start);
            }
        } finally {
            SharedBroker.delete(data);
        }
    }

    private static Shard open(KafkaLogStore store) {
        return Shard.open(Shards.CONTROL, store.shard(Shards.CONTROL), ShardConfig.of("rate"));
    }

    private static void said(String what, long start) {
        System.out.printf("%s: %.0f ms%n", what, (System.nanoTime() - start) / 1e6);
    }

    private static void run(Shard shard, int callers, int writes) throws InterruptedException {
        String padding = "x".repeat(250);
        AtomicInteger next = new AtomicInteger();
        long[] nanos = new long[writes];
        CountDownLatch done = new CountDownLatch(callers);
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            Thread.startVirtualThread(
                    () -> {
                        for (int n = next.getAndIncrement();
                                n < writes;
                                n = next.getAndIncrement()) {
                            long sent = System.nanoTime();
                            shard.write(Namespaces.put("name-" + n % OBJECTS, padding + n)).join();
                            nanos[n] = System.nanoTime() - sent;
                        }
                        done.countDown();
                    });
        }
        done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(nanos);
        System.out.printf(
                "%4d callers: %,8.0f writes/s, p50 %.2f ms, p99 %.2f ms%n",
                callers, writes / seconds, nanos[writes / 2] / 1e6, nanos[writes * 99 / 100] / 1e6);
    }
}
