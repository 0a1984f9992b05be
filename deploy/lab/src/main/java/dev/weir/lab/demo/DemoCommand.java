package dev.weir.lab.demo;

import dev.weir.cli.CliError;
import dev.weir.cli.Session;
import dev.weir.cli.Table;
import dev.weir.lab.RunningLab;
import dev.weir.lab.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows on real packets that Weir does what it is for. */
@Command(
        name = "demo",
        description = "the main job in a lab: what was tried, expected, and came back")
public final class DemoCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--distributed", description = "services in processes of their own")
    private boolean distributed;

    @Option(names = "--compose", description = "in containers")
    private boolean compose;

    public DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (compose) {
            throw new CliError("not available in this release: --compose");
        }
        Scripts scripts = Scripts.of(session);
        Path data = Files.createTempDirectory("weir-demo-");
        RunningLab lab =
                new RunningLab(
                        session, data, distributed ? Shape.DISTRIBUTED : Shape.STANDALONE, true);
        Thread self = Thread.currentThread();
        Thread cleanUp =
                new Thread(
                        () -> {
                            self.interrupt();
                            removeQuietly(lab, data);
                        },
                        "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(cleanUp);
        boolean right = false;
        boolean clean = false;
        try {
            say(
                    "starting "
                            + (distributed ? "a broker, four services" : "the control plane")
                            + " and two nodes");
            lab.up();
            right = tell(lab, new Demo(lab, scripts, this::say));
        } finally {
            say("cleaning up");
            clean = !cleanUp.isAlive() && removeQuietly(lab, data);
            forget(cleanUp);
        }
        return right && clean ? 0 : 1;
    }

    /** Runs it and prints what came of it; true when all is as expected. */
    private boolean tell(RunningLab lab, Demo demo) throws IOException, InterruptedException {
        List<Row> rows = demo.run();
        print(rows);
        if (!demo.outages().isEmpty()) {
            session.out().println();
            session.out().print(new Table().format(Outages.table(demo.outages())));
        }
        session.out().println();
        session.out().println(demo.latencies());
        printMemory(lab);
        long wrong = rows.stream().filter(row -> !row.ok()).count();
        session.out().println();
        session.out()
                .println(
                        wrong == 0
                                ? rows.size() + " of " + rows.size() + " as expected"
                                : wrong + " of " + rows.size() + " differ");
        session.out().flush();
        return wrong == 0;
    }

    private void say(String what) {
        session.err().println("demo: " + what);
        session.err().flush();
    }

    private void print(List<Row> rows) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("WHAT", "FROM", "EXPECTED", "GOT", "TIME"));
        for (Row row : rows) {
            table.add(
                    List.of(
                            row.what(),
                            row.from(),
                            row.expected(),
                            row.ok() ? row.got() : row.got() + "  <-- differs",
                            row.time().toMillis() + " ms"));
        }
        session.out().println();
        session.out().print(new Table().format(table));
    }

    private void printMemory(RunningLab lab) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("PROCESS", "NODE", "RSS"));
        lab.memory()
                .forEach(
                        memory ->
                                table.add(
                                        List.of(
                                                memory.role(),
                                                memory.node().isEmpty() ? "<none>" : memory.node(),
                                                memory.kibibytes() / 1024 + " MiB")));
        session.out().println();
        session.out().print(new Table().format(table));
    }

    private static void forget(Thread cleanUp) {
        try {
            Runtime.getRuntime().removeShutdownHook(cleanUp);
        } catch (IllegalStateException _) {
            // It runs already, or finds nothing.
        }
    }

    /** Removes everything, and says what is left nevertheless. One thread at a time. */
    private synchronized boolean removeQuietly(RunningLab lab, Path data) {
        try {
            lab.close();
            if (!Files.exists(data)) {
                return true;
            }
            try (var rest = Files.list(data)) {
                for (Path file : rest.toList()) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(data);
            lab.leftovers().forEach(left -> say("left behind: " + left));
            return lab.leftovers().isEmpty();
        } catch (IOException | RuntimeException e) {
            say("left behind in " + data + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
