package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.cli.ControlPlane;
import dev.weir.cli.Launcher;
import dev.weir.cli.RunningProcess;
import dev.weir.cli.Session;
import dev.weir.client.ServerAddress;
import dev.weir.client.WeirClient;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Starts, heals and removes a lab. Each step leaves alone what is there already, so a run that was
 * interrupted anywhere is completed, or undone, by the next one.
 */
public final class Lab {
    /** How long a process may take to end by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LabPlace place;
    private final LabNetwork network;

    public Lab(Path data) {
        this.place = new LabPlace(data);
        this.network = new LabNetwork(place);
    }

    LabPlace place() {
        return place;
    }

    /**
     * Returns when every node is reachable. Throws CliError, also when a lab with other settings
     * runs.
     */
    public void up(LabSettings settings, Session session) throws IOException, InterruptedException {
        Launcher launcher = Launcher.of(session);
        Files.createDirectories(place.data());
        try (FileChannel channel = open(lockFile());
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            Optional<LabSettings> former = place.settings();
            if (former.isPresent() && !former.get().equals(settings)) {
                boolean running = !LabProcess.of(place).isEmpty();
                if (running && former.get().bootId().equals(settings.bootId())) {
                    throw new CliError(
                            "a lab with other flags is up: "
                                    + former.get().json().strip()
                                    + "; end it with \"weir lab down\"");
                }
            }
            if (!former.equals(Optional.of(settings))) {
                remove();
                ControlPlane.writeFile(place.settingsFile(), settings.json());
            }
            network.make(settings);
            new LabControl(place, settings).up(launcher);
            ControlPlane.writeFile(Session.serverFile(place.data()), address() + "\n");
            new LabAgents(place, settings).up(launcher);
            if (settings.ingress()) {
                new LabProxies(session, place, settings).up(launcher);
            }
        }
    }

    private static FileChannel open(Path lock) throws IOException {
        return FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private Path lockFile() {
        return place.data().resolve("lab.lock");
    }

    ServerAddress address() {
        return new ServerAddress.Unix(place.socket());
    }

    WeirClient client() {
        return WeirClient.to(address());
    }

    /** Removes everything; succeeds when there is nothing. */
    public void down() throws IOException, InterruptedException {
        if (!Files.isDirectory(place.data())) {
            return;
        }
        try (FileChannel channel = open(lockFile());
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            remove();
        }
        Files.deleteIfExists(lockFile());
    }

    private void remove() throws IOException, InterruptedException {
        endAll(LabProcess.SUPERVISOR::equals, Duration.ZERO);
        for (Netns netns : Netns.beginningWith(place.prefix() + "pod-")) {
            killAll(netns);
        }
        endAll(LabProcess.AGENT::equals, PATIENCE);
        // The services write to the broker until they end; its data goes with it.
        endAll(role -> !role.equals(Shape.BROKER), PATIENCE);
        endAll(Shape.BROKER::equals, Duration.ZERO);
        for (Netns netns : Netns.beginningWith(place.prefix())) {
            killAll(netns);
        }
        network.remove();
        Path server = Session.serverFile(place.data());
        if (Files.exists(server) && Files.readString(server).contains(place.socket().toString())) {
            Files.delete(server);
        }
        deleteTree(place.directory());
    }

    private void endAll(Predicate<String> role, Duration patience) throws InterruptedException {
        List<Thread> waits = new ArrayList<>();
        for (LabProcess found : LabProcess.of(place)) {
            if (role.test(found.role())) {
                waits.add(Thread.ofVirtual().start(() -> end(found.process(), patience)));
            }
        }
        for (Thread wait : waits) {
            wait.join();
        }
    }

    private static void end(RunningProcess process, Duration patience) {
        try {
            process.end(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all processes inside, new ones too. */
    static void killAll(Netns netns) throws InterruptedException {
        for (List<Long> inside = netns.processes(); !inside.isEmpty(); inside = netns.processes()) {
            for (long pid : inside) {
                Optional<RunningProcess> process = RunningProcess.of(pid);
                if (process.isPresent()) {
                    process.get().kill();
                }
            }
        }
    }

    /** Deletes a directory and all in it; follows no links, succeeds when there is nothing. */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
