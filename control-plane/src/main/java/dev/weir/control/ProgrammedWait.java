package dev.weir.control;

import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.core.v1.ObjectKey;
import dev.weir.model.Shards;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.server.ShardDirectory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * {@code --wait}: first until every service that derives from the write has consumed it, then until
 * every node carries the write and what was derived.
 */
final class ProgrammedWait {
    /** Progress is told at least this often, so that a client can show that the wait is alive. */
    private static final Duration STEP = Duration.ofMillis(500);

    /** How long to wait until the frontier that is asked about has been read here. */
    private static final Duration READ = Duration.ofSeconds(10);

    private final ShardDirectory shards;
    private final NodeRegistry registry;

    ProgrammedWait(ShardDirectory shards, NodeRegistry registry) {
        this.shards = shards;
        this.registry = registry;
    }

    /**
     * Tells progress, and the outcome last. The caller's own deadline ends it through {@code
     * cancelled}.
     */
    void run(
            WaitProgrammedRequest request,
            Consumer<WaitProgrammedResponse> out,
            BooleanSupplier cancelled)
            throws InterruptedException {
        Frontier asked = Frontier.of(request.getFrontier());
        shards.await(asked, READ);
        Frontier target = asked;
        for (ShardReader reader : shards.all()) {
            Frontier upstream =
                    asked.restrictedTo(Programmed.DERIVING.getOrDefault(reader.shard(), Set.of()));
            Image image = reader.image();
            while (!image.after().includes(upstream) && !cancelled.getAsBoolean()) {
                out.accept(
                        WaitProgrammedResponse.newBuilder()
                                .addWaitingFor("what " + reader.shard() + " makes of it")
                                .build());
                reader.next(image.logId(), image.revision(), STEP);
                image = reader.image();
            }
            if (image.revision() > 0 && !upstream.revisions().isEmpty()) {
                target = target.max(Frontier.of(image.logId(), image.shard(), image.revision()));
            }
        }
        Set<ObjectKey> keys = new HashSet<>(request.getKeysList());
        while (!cancelled.getAsBoolean()) {
            long version = registry.version();
            WaitProgrammedResponse state =
                    Programmed.judge(target, keys, request.getReachableOnly(), carriers());
            out.accept(state);
            if (state.getProgrammed() || !state.getFailed().isEmpty()) {
                return;
            }
            registry.awaitChange(version, STEP);
        }
    }

    List<Carrier> carriers() {
        return Carriers.of(shards.reader(Shards.CONTROL).image(), registry);
    }
}
