package dev.weir.bench;

import dev.weir.client.WeirClient;
import java.io.IOException;

/**
 * A whole agent beside a control plane, with Services and slices that were written through the API.
 */
final class AgentCost implements Benchmark {
    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String description() {
        return "a whole agent: start, memory, CPU of a change, time from a write to the kernel";
    }

    @Override
    public String defaultSizes() {
        return "1000x10,10000x10";
    }

    @Override
    public int defaultRounds() {
        return 3;
    }

    @Override
    public void run(Run run) throws IOException, InterruptedException {
        for (Size size : run.sizes()) {
            try (BenchLab lab = new BenchLab(run.session(), 1)) {
                run.say(size + ", starting a control plane and a node");
                lab.up();
                try (WeirClient client = lab.client()) {
                    lab.follow(run.seed(), new AgentOfSize(run, size, lab, client)::measure);
                }
            }
        }
        run.sheet()
                .note(
                        "to in sync: of the agent's process, from its start until one endpoint"
                                + " that changed then was programmed.");
    }
}
