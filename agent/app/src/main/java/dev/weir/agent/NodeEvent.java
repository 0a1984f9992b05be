package dev.weir.agent;

import dev.weir.agent.derive.Attachment;
import dev.weir.changes.Image;
import dev.weir.model.Key;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What reaches the node loop. */
sealed interface NodeEvent {
    record Shard(ShardUpdate update) implements NodeEvent {}

    record Attach(Attachment attachment, CompletableFuture<Void> programmed) implements NodeEvent {}

    record Detach(Key pod, CompletableFuture<Void> programmed) implements NodeEvent {}

    record LastSnapshot(Map<String, Image> images) implements NodeEvent {}

    /** Changes nothing. */
    record Question(Consumer<Moment> asker) implements NodeEvent {}
}
