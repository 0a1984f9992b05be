package dev.weir.bench;

import java.io.IOException;
import java.util.Random;

/**
 * Agents end, by SIGKILL and by SIGTERM in turn, and start again, under traffic: no new connection
 * may fail, and none that is open may be cut. After each start a change has to arrive.
 */
final class Restarts implements Benchmark {
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
        UnderTraffic.each(run, LIVE, PODS, (traffic, size) -> course(run, traffic, size));
    }

    private static void course(Run run, UnderTraffic traffic, Size size)
            throws IOException, InterruptedException {
        StillServices still =
                new StillServices(new ServiceSet(Family.IPV4, size), LiveService.PROTOCOLS);
        BenchLab.await(traffic.client(), traffic.create().max(still.create(traffic.client())));
        traffic.meanwhile(true, () -> restart(run, traffic));
        traffic.finish("%s, %d restarts".formatted(size, run.rounds()));
    }

    private static void restart(Run run, UnderTraffic traffic)
            throws IOException, InterruptedException {
        Random random = new Random(run.seed());
        for (int round = 0; round < run.rounds() && traffic.isGood(); round++) {
            boolean kill = round % 2 == 0;
            int node = 1 + round / 2 % UnderTraffic.NODES;
            run.say(
                    "%d of %d: %s %s, %,d answers"
                            .formatted(
                                    round + 1,
                                    run.rounds(),
                                    kill ? "kill -9" : "SIGTERM",
                                    BenchLab.node(node),
                                    traffic.tally().answers()));
            traffic.lab().endAgent(node, kill);
            traffic.lab().up();
            change(traffic, traffic.live().get(round % LIVE), random);
        }
    }

    private static void change(UnderTraffic traffic, LiveService service, Random random) {
        LiveService.Change change = service.begin(random);
        if (change == null) {
            throw new IllegalStateException("one change at a time");
        }
        BenchLab.await(traffic.client(), traffic.update(service.slice()));
        service.end(change);
    }
}
