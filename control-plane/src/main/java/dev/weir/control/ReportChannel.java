package dev.weir.control;

import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.node.v1.ReportRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/**
 * Reports on the channel {@value #NAME}: in memory, or by way of a topic where the program has a
 * connector configured for it. Whoever has the channel's other end gives them to the registry.
 *
 * <p>Made at the first report: gRPC services are there before channels are.
 */
@ApplicationScoped
public class ReportChannel implements NodeReports {
    public static final String NAME = "node-reports";

    /** Reports on their way at a time; one more is told to try again. */
    private static final int QUEUE = 10_000;

    /** How long one may be on its way. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Emitter<ReportRequest> channel;

    ReportChannel(
            @Channel(NAME) @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = QUEUE)
                    Emitter<ReportRequest> channel) {
        this.channel = channel;
    }

    @Override
    public void publish(ReportRequest report) {
        try {
            channel.send(report)
                    .toCompletableFuture()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the server is stopping");
        } catch (ExecutionException e) {
            throw unavailable(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw unavailable("not acknowledged after " + PATIENCE);
        } catch (IllegalStateException e) {
            throw unavailable(String.valueOf(e.getMessage()));
        }
    }

    private static RuntimeException unavailable(String why) {
        return Failure.of(Reason.UNAVAILABLE, "the report cannot be handed on: " + why)
                .asException();
    }
}
