package dev.weir.bench;

import dev.weir.changes.Frontier;
import dev.weir.cli.CliError;
import dev.weir.cli.ProgrammedWait;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Agents end, by SIGKILL and by SIGTERM in turn, and start again, under traffic: no new connection
 * may fail, and none that is open may be cut. After each start a change has to arrive.
 */
final class Restarts implements Benchmark {
    private static final int NODES = 2;
    private static final int LIVE = 4;
    private static final int PODS = 4;

    @Override
    public String name() {
        return "restarts";
    }

    @Override
    public String description() {
        return "a long run: agents are killed and started again under traffic, once a round";
    }

    @Override
    public String defaultSizes() {
        return "100x10";
    }

    @Override
    public int defaultRounds() {
        return 50;
    }

    @Override
    public void run(Run run) throws IOException, InterruptedException {
        for (Size size : run.sizes()) {
            run.say("seed " + run.seed());
            try (BenchLab lab = new BenchLab(run.session(), NODES)) {
                lab.up();
                try (WeirClient client = lab.client();
                        LivePods pods =
                                LivePods.start(lab, NODES, PODS, LiveService.targets(LIVE))) {
                    lab.follow(run.seed(), () -> course(run, size, lab, client, pods));
                }
            }
        }
    }

    private static void course(Run run, Size size, BenchLab lab, WeirClient client, LivePods pods)
            throws IOException, InterruptedException {
        List<LiveService> live =
                IntStream.range(0, LIVE).mapToObj(i -> new LiveService(i, pods)).toList();
        Frontier written =
                BulkWrite.create(client, LIVE, i -> live.get(i).service())
                        .max(BulkWrite.create(client, LIVE, i -> live.get(i).slice()))
                        .max(
                                BulkWrite.create(
                                        client,
                                        size.services(),
                                        i ->
                                                Manifest.service(
                                                        "s" + i,
                                                        ServiceSet.address(i),
                                                        ServiceSet.PORT,
                                                        LiveService.PROTOCOLS)))
                        .max(
                                BulkWrite.create(
                                        client,
                                        size.services(),
                                        i ->
                                                Manifest.slice(
                                                        "s" + i,
                                                        ServiceSet.endpoints(size, i),
                                                        ServiceSet.TARGET,
                                                        LiveService.PROTOCOLS)));
        BenchLab.await(client, written);
        Tally tally = new Tally();
        Random random = new Random(run.seed());
        List<Clients> clients = new ArrayList<>();
        try {
            for (int node = 1; node <= NODES; node++) {
                String pod = "client-" + node;
                LivePods.begin(lab, pod, BenchLab.node(node));
                clients.add(
                        Clients.start(
                                lab.inside().pod(Manifest.NAMESPACE, pod),
                                live,
                                tally,
                                run.seed() + node,
                                true));
            }
            for (int round = 0; round < run.rounds() && tally.problems().isEmpty(); round++) {
                boolean kill = round % 2 == 0;
                int node = 1 + round / 2 % NODES;
                run.say(
                        "%d of %d: %s %s, %,d answers"
                                .formatted(
                                        round + 1,
                                        run.rounds(),
                                        kill ? "kill -9" : "SIGTERM",
                                        BenchLab.node(node),
                                        tally.answers()));
                lab.endAgent(node, kill);
                lab.up();
                change(client, live.get(round % LIVE), random);
            }
        } finally {
            for (Clients each : clients) {
                each.close();
            }
        }
        tally.into(run.sheet(), "%s, %d restarts".formatted(size, run.rounds()));
        run.sheet().note("seed " + run.seed());
        if (!tally.problems().isEmpty()) {
            throw new CliError(String.join("\n", tally.problems()));
        }
    }

    private static void change(WeirClient client, LiveService service, Random random) {
        LiveService.Change change = service.begin(random);
        if (change == null) {
            throw new IllegalStateException("one change at a time");
        }
        BenchLab.await(
                client,
                ProgrammedWait.with(
                        Frontier.EMPTY,
                        client.update(service.slice(), List.of(), WriteOptions.NONE).commit()));
        service.end(change);
    }
}
