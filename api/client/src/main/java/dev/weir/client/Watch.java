package dev.weir.client;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a call that stays open, in order. {@link #next} blocks; {@link #close}, from any
 * thread, ends the call and the iteration.
 *
 * @param <T> what the messages are turned into
 */
public final class Watch<T> implements Iterator<T>, AutoCloseable {
    private final Context.CancellableContext context;
    private final Iterator<?> messages;
    private final Function<Object, T> read;
    private final Function<StatusRuntimeException, RuntimeException> failure;
    private volatile boolean closed;

    private Watch(
            Context.CancellableContext context,
            Iterator<?> messages,
            Function<Object, T> read,
            Function<StatusRuntimeException, RuntimeException> failure) {
        this.context = context;
        this.messages = messages;
        this.read = read;
        this.failure = failure;
    }

    interface Call<M> {
        Iterator<M> start();
    }

    @SuppressWarnings("unchecked")
    static <M, T> Watch<T> open(
            Call<M> call,
            Function<M, T> read,
            Function<StatusRuntimeException, RuntimeException> failure) {
        Context.CancellableContext context = Context.current().withCancellation();
        Context previous = context.attach();
        try {
            return new Watch<>(context, call.start(), message -> read.apply((M) message), failure);
        } finally {
            context.detach(previous);
        }
    }

    /**
     * False when the server ended the call, or this side closed it. Throws what the server refused
     * it with.
     */
    @Override
    public boolean hasNext() {
        if (closed) {
            return false;
        }
        try {
            return messages.hasNext();
        } catch (StatusRuntimeException e) {
            if (closed) {
                return false;
            }
            throw failure.apply(e);
        }
    }

    @Override
    public T next() {
        @Nullable Object message = hasNext() ? messages.next() : null;
        if (message == null) {
            throw new NoSuchElementException("the watch has ended");
        }
        return read.apply(message);
    }

    @Override
    public void close() {
        closed = true;
        context.cancel(null);
    }
}
