package dev.weir.bench;

import dev.weir.changes.Frontier;
import dev.weir.cli.CliError;
import dev.weir.cli.ProgrammedWait;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.net.v1.EndpointSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A long run with live Services and clients of them on every node, in a lab of its own for each
 * size. Whatever clients saw that may not be makes it fail.
 */
final class UnderTraffic {
    static final int NODES = 2;

    private final Run run;
    private final BenchLab lab;
    private final WeirClient client;
    private final List<LiveService> live;
    private final Tally tally = new Tally();

    /** What one long run does, from its first write to {@link #finish}. */
    interface Course {
        void run(UnderTraffic traffic, Size size) throws IOException, InterruptedException;
    }

    private UnderTraffic(Run run, BenchLab lab, WeirClient client, List<LiveService> live) {
        this.run = run;
        this.lab = lab;
        this.client = client;
        this.live = live;
    }

    /** Follows the course once for each size, with so many live Services of so many pods. */
    static void each(Run run, int services, int pods, Course course)
            throws IOException, InterruptedException {
        for (Size size : run.sizes()) {
            run.say("seed " + run.seed());
            try (BenchLab lab = new BenchLab(run.session(), NODES)) {
                lab.up();
                try (WeirClient client = lab.client();
                        LivePods endpoints =
                                LivePods.start(lab, NODES, pods, LiveService.targets(services))) {
                    List<LiveService> live =
                            IntStream.range(0, services)
                                    .mapToObj(i -> new LiveService(i, endpoints))
                                    .toList();
                    UnderTraffic traffic = new UnderTraffic(run, lab, client, live);
                    lab.follow(run.seed(), () -> course.run(traffic, size));
                }
            }
        }
    }

    BenchLab lab() {
        return lab;
    }

    WeirClient client() {
        return client;
    }

    List<LiveService> live() {
        return live;
    }

    Tally tally() {
        return tally;
    }

    boolean isGood() {
        return tally.problems().isEmpty();
    }

    /** Writes the live Services and their slices. */
    Frontier create() throws InterruptedException {
        return BulkWrite.create(client, live.size(), i -> live.get(i).service())
                .max(BulkWrite.create(client, live.size(), i -> live.get(i).slice()));
    }

    /** Where the change landed. */
    Frontier update(EndpointSlice slice) {
        return ProgrammedWait.with(
                Frontier.EMPTY, client.update(slice, List.of(), WriteOptions.NONE).commit());
    }

    /**
     * Does something while clients on every node ask.
     *
     * @param staying as of {@link Clients#start}
     */
    void meanwhile(boolean staying, BenchLab.Course work) throws IOException, InterruptedException {
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
                                staying));
            }
            work.run();
        } finally {
            for (Clients each : clients) {
                each.close();
            }
        }
    }

    /** Puts down what clients saw; throws CliError if any of it may not be. */
    void finish(String what) {
        tally.into(run.sheet(), what);
        run.sheet().note("seed " + run.seed());
        if (!isGood()) {
            throw new CliError(String.join("\n", tally.problems()));
        }
    }
}
