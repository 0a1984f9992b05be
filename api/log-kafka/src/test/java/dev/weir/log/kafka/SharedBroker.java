package dev.weir.log.kafka;

import dev.weir.broker.ForkedBroker;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One broker for all tests of a JVM, and a cluster of its own for each that asks. */
final class SharedBroker {
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private SharedBroker() {}

    private static final class Holder {
        private static final ForkedBroker BROKER = start();

        private static ForkedBroker start() {
            try {
                Path data = Files.createTempDirectory("weir-broker");
                ForkedBroker broker =
                        ForkedBroker.start(data, Map.of("log.cleaner.backoff.ms", "100"));
                Runtime.getRuntime()
                        .addShutdownHook(
                                new Thread(
                                        () -> {
                                            broker.kill();
                                            delete(data);
                                        }));
                return broker;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static String bootstrap() {
        return Holder.BROKER.bootstrap();
    }

    /** Of a cluster that has no topics yet. */
    static KafkaConfig newCluster() {
        return KafkaConfig.of("test-" + CLUSTERS.incrementAndGet(), bootstrap());
    }

    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
