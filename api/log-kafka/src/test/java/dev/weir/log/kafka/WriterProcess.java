package dev.weir.log.kafka;

import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.model.Shards;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Another process that writes pairs without end, and prints each one that was acknowledged; then
 * why the shard took no more.
 */
final class WriterProcess implements AutoCloseable {
    private static final int CALLERS = 4;
    private static final int NAMES = 20;

    private static final String ACKNOWLEDGED = "acknowledged ";
    private static final String DOWN = "down ";

    private final Process process;
    private final BufferedReader lines;
    private String last = "";

    private WriterProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader();
    }

    static WriterProcess start(KafkaConfig config) throws IOException {
        return new WriterProcess(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx192m",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WriterProcess.class.getName(),
                                config.cluster(),
                                config.bootstrap())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    /** The next acknowledgement; false when there is none any more. */
    boolean next(Acknowledged acknowledged) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            // What it logs is between them. The last line may be cut off.
            if (line.startsWith(ACKNOWLEDGED) && line.endsWith(" .")) {
                String[] words = line.split(" ");
                acknowledged.add(Long.parseLong(words[1]), words[2], words[3]);
                return true;
            }
            if (line.startsWith(DOWN)) {
                last = line.substring(DOWN.length());
                return false;
            }
        }
        return false;
    }

    /** Why it ended, if it did so by itself. */
    String last() {
        return last;
    }

    void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new AssertionError("cannot send " + name + " to " + process.pid());
        }
    }

    @Override
    public void close() throws Exception {
        process.toHandle().destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the writer's process did not end");
        }
    }

    public static void main(String[] args) throws Exception {
        KafkaLogStore store = KafkaLogStore.open(KafkaConfig.of(args[0], args[1]));
        Shard shard =
                Shard.open(
                        Shards.CONTROL,
                        store.shard(Shards.CONTROL, "tcp://10.0.0.1:7443", () -> true),
                        ShardConfig.of("old"));
        AtomicLong count = new AtomicLong();
        List<Thread> callers =
                IntStream.range(0, CALLERS)
                        .mapToObj(
                                caller ->
                                        Thread.ofPlatform()
                                                .start(() -> write(shard, caller, count)))
                        .toList();
        for (Thread caller : callers) {
            caller.join();
        }
        System.out.println(DOWN + shard.down().orElseThrow().message());
    }

    private static void write(Shard shard, int caller, AtomicLong count) {
        Random random = new Random();
        while (true) {
            String name = "pair-" + caller + "-" + random.nextInt(NAMES);
            String value = "old." + count.incrementAndGet();
            try {
                long revision = shard.write(Acknowledged.pair(name, value)).join().revision();
                System.out.println(ACKNOWLEDGED + revision + " " + name + " " + value + " .");
            } catch (CompletionException e) {
                return;
            }
        }
    }
}
