package dev.weir.bench;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.cli.ProgrammedWait;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Creates many objects, with many callers at once. */
final class BulkWrite {
    private static final int CALLERS = 64;

    private BulkWrite() {}

    /** Where the last of them landed. */
    static Frontier create(WeirClient client, int count, IntFunction<Message> object)
            throws InterruptedException {
        Frontier frontier = Frontier.EMPTY;
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<Frontier>> parts = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int first = caller;
                parts.add(
                        callers.submit(
                                () -> {
                                    Frontier part = Frontier.EMPTY;
                                    for (int i = first; i < count; i += CALLERS) {
                                        part =
                                                ProgrammedWait.with(
                                                        part,
                                                        client.create(
                                                                        object.apply(i),
                                                                        WriteOptions.NONE)
                                                                .commit());
                                    }
                                    return part;
                                }));
            }
            for (Future<Frontier> part : parts) {
                frontier = frontier.max(part.get());
            }
            return frontier;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e.getCause());
        }
    }
}
