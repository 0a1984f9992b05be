package dev.weir.log;

import dev.weir.log.sqlite.SqliteLogStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Measures durable writes per second: {@code AppendRate [directory]}. Not a test. */
public final class AppendRate {
    private static final int OBJECTS = 10_000;

    private AppendRate() {}

    public static void main(String[] args) throws Exception {
        Path directory =
                Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "append-rate");
        try (SqliteLogStore store = SqliteLogStore.open(directory)) {
            measure(() -> store.shard("test"));
        } finally {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    /**
     * Of any backend.
     *
     * @param log opens the one log that is measured
     */
    public static void measure(Supplier<TxLog> log) throws InterruptedException {
        long start = System.nanoTime();
        try (Shard shard = Shard.open("test", log.get(), ShardConfig.of("rate"))) {
            System.out.printf("open empty: %.1f ms%n", (System.nanoTime() - start) / 1e6);
            run(shard, 64, 100_000);
            for (int callers : new int[] {1, 64, 1, 64, 512}) {
                run(shard, callers, callers == 1 ? 5_000 : 100_000);
            }
        }
        start = System.nanoTime();
        try (Shard shard = Shard.open("test", log.get(), ShardConfig.of("rate"))) {
            System.out.printf(
                    "replay of %d objects: %.1f ms%n",
                    shard.image().objects().size(), (System.nanoTime() - start) / 1e6);
        }
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
