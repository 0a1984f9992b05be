package dev.weir.bench;

import dev.weir.changes.Frontier;
import dev.weir.cli.CliError;
import dev.weir.cli.ProgrammedWait;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.client.Written;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Measures the agent of a lab's only node, with so many objects: again and again, as it is started
 * and as it follows changes.
 */
final class AgentOfSize {
    private static final List<Protocol> TCP = List.of(Protocol.TCP);

    /** Changes that are measured, and those before them, while the agent's code is still cold. */
    private static final int CHANGES = 100;

    private static final int WARM_UP = 50;

    private static final int STREAM = 500;

    private static final int STREAM_PER_SECOND = 100;

    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Run run;
    private final ServiceSet services;
    private final Size size;
    private final BenchLab lab;
    private final WeirClient client;
    private int changes;

    AgentOfSize(Run run, Size size, BenchLab lab, WeirClient client) {
        this.run = run;
        this.services = new ServiceSet(Family.IPV4, size);
        this.size = size;
        this.lab = lab;
        this.client = client;
    }

    void measure() throws IOException, InterruptedException {
        write();
        for (int round = 1; round <= run.rounds(); round++) {
            run.say("%s, round %d of %d".formatted(size, round, run.rounds()));
            start(true);
            start(false);
            memory("memory after start");
            idle();
            changes(round);
            stream();
            memory("memory after changes");
        }
    }

    private void write() throws InterruptedException {
        run.say("%s, writing %,d objects".formatted(size, 2 * size.services()));
        long start = System.nanoTime();
        BenchLab.await(client, new StillServices(services, TCP).create(client));
        run.say("took %.1f s".formatted((System.nanoTime() - start) / 1e9));
    }

    /**
     * Ends the agent and starts it again.
     *
     * @param cold with neither what it kept nor what the kernel had
     */
    private void start(boolean cold) throws IOException, InterruptedException {
        lab.endAgent(1, true);
        if (cold) {
            try (Workplace place = new Workplace()) {
                place.run(
                        List.of(
                                "nsenter",
                                "--net=" + lab.inside().node(BenchLab.node(1)),
                                "nft",
                                "flush",
                                "ruleset"),
                        "");
            }
            try (Stream<Path> all = Files.walk(lab.inside().agentState(BenchLab.node(1)))) {
                for (Path path : all.filter(Files::isRegularFile).toList()) {
                    Files.delete(path);
                }
            }
        }
        long start = System.nanoTime();
        lab.up();
        BenchLab.await(client, change().frontier());
        ProcessCpu used = ProcessCpu.of(lab.agent(1));
        String who = cold ? "cold, empty kernel" : "again, full kernel";
        run.sheet().add(size + " to in sync", who, "CPU s", used.total());
        run.sheet().add(size + " to in sync", who, "wall s", (System.nanoTime() - start) / 1e9);
        run.say(who + ": " + used.shares());
    }

    /**
     * A write that was acknowledged.
     *
     * @param called when it was begun
     * @param acknowledged when its answer was here
     */
    private record Change(long called, long acknowledged, Frontier frontier) {}

    private Change change() {
        int n = changes++;
        int service = services.changed(n);
        long called = System.nanoTime();
        Written written =
                client.update(
                        Manifest.slice(
                                ServiceSet.name(service),
                                services.endpointsAfter(n),
                                ServiceSet.TARGET,
                                TCP),
                        List.of(),
                        WriteOptions.NONE);
        long acknowledged = System.nanoTime();
        return new Change(
                called, acknowledged, ProgrammedWait.with(Frontier.EMPTY, written.commit()));
    }

    private void changes(int round) throws IOException, InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            BenchLab.await(client, change().frontier());
        }
        double[] fromCall = new double[CHANGES];
        double[] fromAcknowledged = new double[CHANGES];
        double[] toWaited = new double[CHANGES];
        ProcessCpu before = ProcessCpu.of(lab.agent(1));
        try (Commits commits = Commits.in(lab.inside().node(BenchLab.node(1)))) {
            for (int i = 0; i < CHANGES; i++) {
                Change change = change();
                BenchLab.await(client, change.frontier());
                long waited = System.nanoTime();
                OptionalLong commit = commits.firstAfter(change.called());
                if (commit.isEmpty()) {
                    throw new CliError("the agent says that it carries a change, the kernel not");
                }
                fromCall[i] = (commit.getAsLong() - change.called()) / 1e6;
                fromAcknowledged[i] = Math.max(0, commit.getAsLong() - change.acknowledged()) / 1e6;
                toWaited[i] = (waited - change.acknowledged()) / 1e6;
            }
        }
        ProcessCpu used = ProcessCpu.of(lab.agent(1)).since(before);
        run.sheet().add(size + " a change alone", "agent", "CPU ms", used.total() * 1000 / CHANGES);
        times("call to kernel", fromCall);
        times("answer to kernel", fromAcknowledged);
        times("answer to end of --wait", toWaited);
        run.say("round " + round + ", changes: " + used.shares());
    }

    /** Changes that nobody waits for, so reports and the like are shared by several. */
    private void stream() throws IOException, InterruptedException {
        ProcessCpu before = ProcessCpu.of(lab.agent(1));
        long start = System.nanoTime();
        Frontier frontier = Frontier.EMPTY;
        for (int i = 0; i < STREAM; i++) {
            long due = start + i * TimeUnit.SECONDS.toNanos(1) / STREAM_PER_SECOND;
            LockSupport.parkNanos(due - System.nanoTime());
            frontier = frontier.max(change().frontier());
        }
        BenchLab.await(client, frontier);
        ProcessCpu used = ProcessCpu.of(lab.agent(1)).since(before);
        run.sheet()
                .add(
                        size + " a change of " + STREAM_PER_SECOND + "/s",
                        "agent",
                        "CPU ms",
                        used.total() * 1000 / STREAM);
        run.say("stream: " + used.shares());
    }

    private void times(String what, double[] times) {
        run.sheet().add(size + " " + what, "agent", "p50 ms", Quantile.of(times, 0.5));
        run.sheet().add(size + " " + what, "agent", "p99 ms", Quantile.of(times, 0.99));
    }

    private void memory(String what) throws IOException {
        for (String line :
                Files.readAllLines(Path.of("/proc", Long.toString(lab.agent(1)), "status"))) {
            if (line.startsWith("VmRSS:") || line.startsWith("RssAnon:")) {
                double kibibytes = Double.parseDouble(line.replaceAll("[^0-9]", ""));
                String who = line.startsWith("VmRSS:") ? "resident" : "of it, not of files";
                run.sheet().add(size + " " + what, who, "MiB", kibibytes / 1024);
            }
        }
    }

    private void idle() throws IOException, InterruptedException {
        ProcessCpu before = ProcessCpu.of(lab.agent(1));
        Thread.sleep(IDLE);
        double used = ProcessCpu.of(lab.agent(1)).since(before).total();
        run.sheet().add(size + " idle", "agent", "CPU ms/s", used * 1000 / IDLE.toSeconds());
    }
}
