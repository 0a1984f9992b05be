package dev.weir.log;

import dev.weir.changes.Image;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A write on its way, and the one who waits for its answer. */
record Call<R>(Write<R> write, CompletableFuture<Committed<R>> future) {

    void answer(Image durable, Function<Image, Committed<R>> answer) {
        try {
            future.complete(answer.apply(durable));
        } catch (RuntimeException e) {
            future.completeExceptionally(e);
        }
    }

    void fail(Throwable cause) {
        future.completeExceptionally(cause);
    }
}
