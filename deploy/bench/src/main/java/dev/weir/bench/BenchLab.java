package dev.weir.bench;

import dev.weir.changes.Frontier;
import dev.weir.cli.CliError;
import dev.weir.cli.ProgrammedWait;
import dev.weir.cli.RunningProcess;
import dev.weir.cli.Session;
import dev.weir.client.WeirClient;
import dev.weir.lab.LabInside;
import dev.weir.lab.RunningLab;
import dev.weir.lab.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A standalone lab in a directory of its own: real agents, real packets. Gone when closed. */
final class BenchLab implements AutoCloseable {
    private static final String AGENT = "agent";

    /** For a node to program 100,000 endpoints on a machine with other work. */
    private static final Duration PROGRAMMED = Duration.ofMinutes(3);

    /** For an agent to end when it is asked to. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int LAST_LINES = 10;

    private final Path data = Files.createTempDirectory("weir-bench-");
    private final RunningLab lab;
    private final LabInside inside = new LabInside(data);
    private final int nodes;
    private final CleanUp cleanUp;

    /** Nothing runs before {@link #up}. */
    BenchLab(Session session, int nodes) throws IOException {
        this.lab = new RunningLab(session, data, Shape.STANDALONE);
        this.nodes = nodes;
        this.cleanUp = new CleanUp(data, lab::close);
    }

    /** Starts what does not run. */
    void up() throws IOException, InterruptedException {
        lab.up(nodes);
    }

    RunningLab lab() {
        return lab;
    }

    LabInside inside() {
        return inside;
    }

    WeirClient client() {
        return lab.client();
    }

    static String node(int number) {
        return "node-" + number;
    }

    long agent(int node) {
        return inside.process(AGENT, node(node));
    }

    /** Ends an agent, at once or as it likes; returns when it is gone. */
    void endAgent(int node, boolean atOnce) throws InterruptedException {
        long pid = agent(node);
        RunningProcess process =
                RunningProcess.of(pid)
                        .orElseThrow(() -> new CliError("the agent of " + node(node) + " is gone"));
        if (atOnce) {
            process.kill();
        } else {
            process.end(PATIENCE);
        }
    }

    /** Something that is done with the lab. */
    interface Course {
        void run() throws IOException, InterruptedException;
    }

    /** Does it; a failure also tells the seed, and how agents ended that are gone. */
    void follow(long seed, Course course) throws IOException, InterruptedException {
        try {
            course.run();
        } catch (CliError e) {
            StringBuilder words = new StringBuilder("seed " + seed + ": " + e.getMessage());
            for (int node = 1; node <= nodes; node++) {
                if (!inside.runs(AGENT, node(node))) {
                    words.append("\nthe agent of " + node(node) + " has ended:\n")
                            .append(lastWords(node));
                }
            }
            throw new CliError(words.toString());
        }
    }

    private String lastWords(int node) throws IOException {
        List<String> lines = Files.readAllLines(inside.agentLog(node(node)));
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** Returns when all nodes carry it. Throws CliError. */
    static void await(WeirClient client, Frontier frontier) {
        new ProgrammedWait(client, false, PROGRAMMED).until(frontier, List.of());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        cleanUp.close();
    }
}
