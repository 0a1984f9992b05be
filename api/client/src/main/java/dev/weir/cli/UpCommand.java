package dev.weir.cli;

import dev.weir.client.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the standalone control plane in the background, unless it runs. */
@Command(name = "up", description = "start the control plane in the background")
final class UpCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private ClusterOptions cluster = new ClusterOptions();

    UpCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path data = session.data(connect);
        Path socket = data.resolve("weir.sock");
        Path log = data.resolve("logs").resolve("standalone.log");
        Optional<RunningProcess> running = running(data);
        RunningProcess process;
        if (running.isPresent()) {
            process = running.get();
        } else {
            process =
                    ControlPlane.start(Launcher.of(session), data, socket, cluster.settings(), log);
            ControlPlane.writeFile(
                    processFile(data), process.pid() + " " + process.started() + "\n");
        }
        ControlPlane.awaitAnswer(process, socket, log);
        ServerAddress address = new ServerAddress.Unix(socket);
        ControlPlane.writeFile(Session.serverFile(data), address + "\n");
        session.out()
                .println(
                        "weir is "
                                + (running.isPresent() ? "already up" : "up")
                                + ": "
                                + address
                                + " (pid "
                                + process.pid()
                                + ")");
        return 0;
    }

    static Path processFile(Path data) {
        return data.resolve("standalone.pid");
    }

    /** The control plane that was started here, if it still runs. */
    static Optional<RunningProcess> running(Path data) throws IOException {
        Path file = processFile(data);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String[] words = Files.readString(file).strip().split(" ");
        return Optional.of(new RunningProcess(Long.parseLong(words[0]), Long.parseLong(words[1])))
                .filter(RunningProcess::alive);
    }
}
