package dev.weir.agent;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for the node's metrics; who asks meanwhile gets the same answer. */
final class Scrapes implements Supplier<String> {
    /** How long somebody waits; a scrape is given 10 s by Prometheus' default. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<CompletableFuture<String>> question;
    private @Nullable CompletableFuture<String> asked;

    /**
     * @param question asks, and never waits
     */
    Scrapes(Supplier<CompletableFuture<String>> question) {
        this.question = question;
    }

    /** Throws IllegalStateException if there is no answer in time. */
    @Override
    public String get() {
        try {
            return current().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + PATIENCE, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the agent stops", e);
        }
    }

    private synchronized CompletableFuture<String> current() {
        CompletableFuture<String> current = asked;
        if (current == null || current.isDone()) {
            current = question.get();
            asked = current;
        }
        return current;
    }
}
