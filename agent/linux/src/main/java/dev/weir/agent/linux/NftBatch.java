package dev.weir.agent.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Steps on one table of family inet that the kernel takes all together or not at all.
 *
 * @param ifGeneration apply only if the ruleset of the namespace still has this generation
 */
public record NftBatch(String table, OptionalInt ifGeneration, List<NftCommand> commands) {
    public NftBatch {
        NftNames.check(table);
        commands = List.copyOf(commands);
    }

    public static Builder builder(String table) {
        return new Builder(table);
    }

    NftBatch with(List<NftCommand> other) {
        return new NftBatch(table, ifGeneration, other);
    }

    /** Collects commands in the order in which the kernel shall run them. */
    public static final class Builder {
        private final String table;
        private final List<NftCommand> commands = new ArrayList<>();
        private OptionalInt ifGeneration = OptionalInt.empty();

        private Builder(String table) {
            this.table = table;
        }

        public Builder ifGeneration(int generation) {
            ifGeneration = OptionalInt.of(generation);
            return this;
        }

        public Builder add(String set, NftElement element) {
            commands.add(new NftCommand.AddElement(set, element));
            return this;
        }

        public Builder delete(String set, NftData key) {
            commands.add(new NftCommand.DeleteElement(set, NftElement.of(key)));
            return this;
        }

        /** Replaces whatever the key held; the key must exist. No packet sees it missing. */
        public Builder replace(String set, NftElement element) {
            return delete(set, element.key()).add(set, element);
        }

        public Builder deleteChain(String chain) {
            commands.add(new NftCommand.DeleteChain(chain));
            return this;
        }

        public Builder deleteSet(String set) {
            commands.add(new NftCommand.DeleteSet(set));
            return this;
        }

        public boolean isEmpty() {
            return commands.isEmpty();
        }

        public int size() {
            return commands.size();
        }

        public NftBatch build() {
            return new NftBatch(table, ifGeneration, commands);
        }
    }
}
