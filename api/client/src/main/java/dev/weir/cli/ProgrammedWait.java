package dev.weir.cli;

import dev.weir.changes.Frontier;
import dev.weir.client.Watch;
import dev.weir.client.WeirClient;
import dev.weir.core.v1.Commit;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.node.v1.WaitProgrammedResponse;
import java.time.Duration;
import java.util.List;

/** Waits until nodes carry what was written. */
public final class ProgrammedWait {
    private final WeirClient client;

    private final boolean reachableOnly;
    private final Duration timeout;

    public ProgrammedWait(WeirClient client, boolean reachableOnly, Duration timeout) {
        this.client = client;
        this.reachableOnly = reachableOnly;
        this.timeout = timeout;
    }

    /** Frontier of a commit; nothing for a write that changed nothing. */
    public static Frontier with(Frontier frontier, Commit commit) {
        return commit.getRevision() == 0
                ? frontier
                : frontier.with(commit.getLogId(), commit.getShard(), commit.getRevision());
    }

    /**
     * Returns when every node has programmed the frontier. Throws CliError that names who was
     * waited for, or why waiting longer cannot help.
     */
    public void until(Frontier frontier, List<Key> keys) {
        List<String> waitingFor = List.of();
        try (Watch<WaitProgrammedResponse> messages =
                client.waitProgrammed(frontier, reachableOnly, keys, timeout)) {
            while (messages.hasNext()) {
                WaitProgrammedResponse message = messages.next();
                if (message.getProgrammed()) {
                    return;
                }
                if (!message.getFailed().isEmpty()) {
                    throw new CliError(message.getFailed());
                }
                waitingFor = List.copyOf(message.getWaitingForList());
            }
            throw new CliError("the server ended the wait");
        } catch (FailureException e) {
            if (e.failure().reason() != Failure.Reason.TIMEOUT) {
                throw e;
            }
            throw new CliError(
                    "timed out after "
                            + Durations.show(timeout)
                            + " waiting for "
                            + (waitingFor.isEmpty() ? "the nodes" : String.join(", ", waitingFor)));
        }
    }
}
