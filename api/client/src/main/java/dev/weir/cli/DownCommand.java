package dev.weir.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends the standalone control plane. Its state stays, unless it is to be purged. */
@Command(name = "down", description = "stop the control plane; its state stays")
final class DownCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What a control plane leaves in the state directory. */
    private static final List<String> STATE = List.of("log", "logs", "weir.sock");

    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();

    @Option(names = "--purge", description = "forget everything that was applied")
    private boolean purge;

    DownCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path data = session.data(connect);
        Optional<RunningProcess> running = UpCommand.running(data);
        if (running.isPresent()) {
            running.get().end(PATIENCE);
        }
        Files.deleteIfExists(UpCommand.processFile(data));
        Path server = Session.serverFile(data);
        if (Files.exists(server)
                && Files.readString(server).contains(data.resolve("weir.sock").toString())) {
            Files.delete(server);
        }
        if (purge) {
            for (String name : STATE) {
                deleteTree(data.resolve(name));
            }
            try (Stream<Path> files = Files.exists(data) ? Files.list(data) : Stream.empty()) {
                for (Path file :
                        files.filter(f -> f.getFileName().toString().contains(".db")).toList()) {
                    Files.delete(file);
                }
            }
        }
        session.out()
                .println(
                        "weir is "
                                + (running.isPresent() ? "down" : "not up")
                                + (purge ? ", its state is gone" : ""));
        return 0;
    }

    /**
     * Deletes a file, or a directory and all in it; succeeds when there is nothing. Follows no
     * links.
     */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
