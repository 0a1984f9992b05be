package dev.weir.endpoint;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.AbstractStub;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** gRPC services, and a client of theirs, in this process. */
public final class Wire {
    /** How many seconds anything takes at most. */
    public static final int PATIENCE = 20;

    private static final int PAUSE_MILLIS = 2;

    private final Server server;
    private final ManagedChannel channel;

    public Wire(List<? extends BindableService> services) throws IOException {
        String name = InProcessServerBuilder.generateName();
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
        services.forEach(builder::addService);
        server = builder.build().start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    public <S extends AbstractStub<S>> S stub(Function<Channel, S> newStub) {
        return newStub.apply(channel).withDeadlineAfter(PATIENCE, SECONDS);
    }

    public void close() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        assertThat(server.awaitTermination(PATIENCE, SECONDS)).as("the server ends").isTrue();
    }

    /** Fails when it does not hold in time. */
    public static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + SECONDS.toNanos(PATIENCE);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline for: " + what).isLessThan(deadline);
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
