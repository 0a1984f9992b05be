package dev.weir.server.seat;

import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.TxLog;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * A tenure with its shard, open: called through a channel as if it were elsewhere, so that calls
 * end in one way, wherever their writer is.
 */
final class Office implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Office.class);

    /** Answers that are on their way when the shard closes have so long to get out. */
    private static final Duration LAST_ANSWERS = Duration.ofMillis(200);

    private final Shard shard;
    private final Tenure tenure;
    private final Server server;
    private final ManagedChannel channel;
    private volatile boolean closing;

    private Office(Shard shard, Tenure tenure) {
        this.shard = shard;
        this.tenure = tenure;
        String name = InProcessServerBuilder.generateName();
        var builder = InProcessServerBuilder.forName(name).directExecutor();
        tenure.services().forEach(builder::addService);
        try {
            this.server = builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    /** Claims the log and replays it; what is thrown leaves nothing open. */
    static Office open(
            String name, TxLog log, ShardConfig config, Function<Shard, ? extends Tenure> opening) {
        Shard shard = Shard.open(name, log, config);
        try {
            return new Office(shard, opening.apply(shard));
        } catch (RuntimeException e) {
            shard.close();
            throw e;
        }
    }

    Shard shard() {
        return shard;
    }

    Channel channel() {
        return channel;
    }

    /** Nothing is written here any more: what fails from now on is for the next writer. */
    boolean isLeft() {
        return closing || shard.ended().isDone();
    }

    /** Carries out what was taken; streams end with UNAVAILABLE. */
    @Override
    public void close() {
        closing = true;
        quietly(tenure::close);
        quietly(shard::close);
        server.shutdown();
        try {
            server.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
        channel.shutdownNow();
    }

    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.warnf(e, "Shard %s: something did not end well", shard.shard());
        }
    }
}
