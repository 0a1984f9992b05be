package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out changes of pods, groups, policies and nodes: all at once and, if they tighten, with
 * the next policy generation. Owned by the plane's thread.
 */
final class Enforcing {
    private final Batches batches;
    private final Flows flows;
    private int generation;

    Enforcing(Batches batches, Flows flows) {
        this.batches = batches;
        this.flows = flows;
    }

    /** The generation that the kernel has. */
    void found(int there) {
        generation = there;
    }

    int generation() {
        return generation;
    }

    /** Throws when the kernel refuses: policies are in force as a whole or not at all. */
    void carryOut(PolicyTable policies) throws IOException {
        PolicyTable.Step step = policies.pending();
        if (step.commands().isEmpty()) {
            return;
        }
        List<NftCommand> commands = new ArrayList<>(step.commands());
        int next = step.tightens() ? Marks.next(generation) : generation;
        if (next < generation) {
            flows.forgetGenerations();
        }
        if (next != generation) {
            commands.addAll(Generation.change(generation, next));
        }
        batches.together(commands);
        generation = next;
        policies.done();
    }
}
