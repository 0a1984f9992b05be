package dev.weir.agent.nft;

import dev.weir.agent.linux.NftBatch;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftOutcome;
import dev.weir.agent.linux.NftTables;
import dev.weir.model.Frontend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Elements that direct a frontend to one endpoint until they expire. Has a socket of its own, and
 * also keeps account of the ruleset's generation, which every lease raises. Safe for many threads.
 */
final class Leases {
    private final NftTables tables;
    private OptionalInt left = OptionalInt.empty();

    Leases(NftTables tables) {
        this.tables = tables;
    }

    /** Does nothing before the table is there. */
    synchronized void grant(Frontend frontend, Endpoint endpoint, Duration validity) {
        if (left.isEmpty()) {
            return;
        }
        NftElement element = ServiceElements.near(frontend, endpoint, validity.toMillis());
        // Writing an element anew does not prolong it on older kernels (before 6.12).
        NftBatch batch =
                NftBatch.builder(Layout.TABLE)
                        .replace(ServiceElements.near(frontend), element)
                        .build();
        try {
            NftOutcome outcome = tables.settle(batch);
            if (!(outcome instanceof NftOutcome.Done)) {
                throw new IOException("the kernel refuses a lease: " + outcome);
            }
            left = OptionalInt.of(left.getAsInt() + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Remembers the ruleset's generation as ours. */
    synchronized void left(NftTables reader) throws IOException {
        left = OptionalInt.of(reader.generation());
    }

    /** True if nobody else changed a ruleset in this namespace since {@link #left}. */
    synchronized boolean untouched(NftTables reader) throws IOException {
        return left.isPresent() && left.getAsInt() == reader.generation();
    }
}
