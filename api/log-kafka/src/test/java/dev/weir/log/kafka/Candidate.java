package dev.weir.log.kafka;

import dev.weir.log.Election;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A candidate in a process of its own, that can be killed and stopped. */
final class Candidate implements AutoCloseable {
    private final Process process;
    private final List<String> said = new CopyOnWriteArrayList<>();

    private Candidate(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::listen);
    }

    static Candidate fork(KafkaConfig config, String shard, String instance) throws IOException {
        return new Candidate(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Candidate.class.getName(),
                                config.cluster(),
                                config.bootstrap(),
                                config.session().toString(),
                                shard,
                                instance)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** With a session that a test can wait for. */
    static KafkaConfig config(String cluster, String bootstrap, Duration session) {
        KafkaConfig config = KafkaConfig.of(cluster, bootstrap);
        return new KafkaConfig(
                cluster,
                bootstrap,
                config.client(),
                config.replicas(),
                config.minCompactionLag(),
                config.tombstones(),
                session,
                config.transaction(),
                config.request(),
                config.maxMessage(),
                config.adopt());
    }

    /** Ends with its standard input. */
    public static void main(String[] arguments) throws IOException {
        KafkaConfig config = config(arguments[0], arguments[1], Duration.parse(arguments[2]));
        new KafkaElection(config, arguments[3], arguments[4])
                .start(
                        new Election.Listener() {
                            @Override
                            public void elected() {
                                System.out.println("elected");
                            }

                            @Override
                            public void dismissed() {
                                System.out.println("dismissed");
                            }
                        });
        System.exit(System.in.read() < 0 ? 0 : 1);
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(said::add);
        } catch (java.io.UncheckedIOException | IOException e) {
            said.add("ended");
        }
    }

    void await(String word) {
        Await.until(
                "the candidate says " + word, Await.LONG, () -> said.contains(word), () -> said);
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    void kill() {
        close();
    }

    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
