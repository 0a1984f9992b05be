package dev.weir.agent.nft;

import dev.weir.agent.linux.NftBatch;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftOutcome;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.Frontend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Elements that direct a frontend to one endpoint until they expire. Has a socket of its own, and
 * also keeps account of the ruleset's generation, which every lease raises. Safe for many threads.
 */
final class Leases {
    private final NftTables tables;
    private final Map<Frontend, Lease> leases = new HashMap<>();
    private OptionalInt left = OptionalInt.empty();

    private record Lease(Endpoint endpoint, long untilNanos) {}

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
            remember(frontend, endpoint, validity);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remember(Frontend frontend, Endpoint endpoint, Duration validity) {
        leases.put(frontend, new Lease(endpoint, System.nanoTime() + validity.toNanos()));
    }

    /** True if the frontend's connections go to this endpoint for now. */
    synchronized boolean lead(Frontend frontend, Endpoint endpoint) {
        Lease lease = leases.get(frontend);
        return lease != null
                && lease.endpoint().equals(endpoint)
                && System.nanoTime() - lease.untilNanos() < 0;
    }

    /** True if the frontend ever had one that is known here. */
    synchronized boolean granted(Frontend frontend) {
        return leases.containsKey(frontend);
    }

    /** Leases that a former agent granted and that were found: at most so long. */
    synchronized void found(List<NftElement> elements, boolean v6) {
        for (NftElement element : elements) {
            String map = Layout.NEAR + Layout.family(v6);
            Frontend frontend = ServiceElements.frontend(new ElementKey(map, element.key()));
            if (frontend != null && element.value() instanceof NftValue.Data data) {
                Endpoint endpoint = ServiceElements.endpoint(data.data(), v6);
                if (!leases.containsKey(frontend)) {
                    remember(frontend, endpoint, Duration.ofMillis(element.timeoutMillis()));
                }
            }
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
