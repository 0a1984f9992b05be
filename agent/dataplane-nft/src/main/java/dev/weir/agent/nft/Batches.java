package dev.weir.agent.nft;

import dev.weir.agent.linux.NftBatch;
import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftOutcome;
import dev.weir.agent.linux.NftTables;
import dev.weir.model.Key;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Sends commands: all in one transaction where possible, so that one bad object hides no other. */
final class Batches {
    /** Upper bound of a transaction, well below the largest datagram that the socket takes. */
    private static final int MAX_COMMANDS = 100_000;

    private final NftTables tables;

    Batches(NftTables tables) {
        this.tables = tables;
    }

    /** Commands of one object. */
    record Part(Key owner, List<NftCommand> commands) {
        Part {
            commands = List.copyOf(commands);
        }
    }

    /** One transaction, or an exception that says what the kernel refused. */
    void together(List<NftCommand> commands) throws IOException {
        NftOutcome outcome = settle(commands);
        if (!(outcome instanceof NftOutcome.Done)) {
            throw new IOException("the kernel refuses a change: " + outcome);
        }
    }

    /**
     * Sends all parts, in as few transactions as may be; if one is refused, its parts one by one.
     *
     * @param problems gets the owners of refused parts
     * @return for each part, whether it is in force
     */
    List<Boolean> each(List<Part> parts, Map<Key, String> problems) throws IOException {
        List<Boolean> done = new ArrayList<>(parts.size());
        for (int from = 0; from < parts.size(); ) {
            int to = from;
            List<NftCommand> commands = new ArrayList<>();
            while (to < parts.size() && (to == from || commands.size() < MAX_COMMANDS)) {
                commands.addAll(parts.get(to++).commands());
            }
            boolean good = settle(commands) instanceof NftOutcome.Done;
            for (Part part : parts.subList(from, to)) {
                done.add(good || alone(part, problems));
            }
            from = to;
        }
        return done;
    }

    private boolean alone(Part part, Map<Key, String> problems) throws IOException {
        NftOutcome outcome = settle(part.commands());
        if (outcome instanceof NftOutcome.Failed failed) {
            problems.put(part.owner(), "the kernel refuses " + failed.refusals());
        }
        return outcome instanceof NftOutcome.Done;
    }

    /** Tries; what is refused may stay for another time. */
    boolean attempt(List<NftCommand> commands) throws IOException {
        return settle(commands) instanceof NftOutcome.Done;
    }

    private NftOutcome settle(List<NftCommand> commands) throws IOException {
        return tables.settle(new NftBatch(Layout.TABLE, OptionalInt.empty(), commands));
    }
}
