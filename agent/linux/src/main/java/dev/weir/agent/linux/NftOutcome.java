package dev.weir.agent.linux;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a batch. Unless {@link Done}, the kernel changed nothing. */
public sealed interface NftOutcome {
    /** All commands are in force. */
    record Done() implements NftOutcome {}

    /**
     * The ruleset is no longer the generation that the batch asked for: read again, decide again.
     */
    record Stale() implements NftOutcome {}

    /** The kernel refused these commands, or the batch as a whole. */
    record Failed(List<Refusal> refusals) implements NftOutcome {
        public Failed {
            refusals = List.copyOf(refusals);
        }
    }

    /**
     * @param command what was refused; null when the kernel did not say, or means the whole batch
     * @param text the kernel's own words, often empty
     */
    record Refusal(Errno errno, @Nullable NftCommand command, String text) {
        @Override
        public String toString() {
            String what = command == null ? "batch" : command.toString();
            return what + ": " + errno + (text.isEmpty() ? "" : " (" + text + ")");
        }
    }
}
