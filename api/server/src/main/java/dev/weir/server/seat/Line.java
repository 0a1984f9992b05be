package dev.weir.server.seat;

import io.grpc.ManagedChannel;

/**
 * A channel to another process.
 *
 * @param closing ends the channel and its calls, at once, and what belongs to it
 */
public record Line(ManagedChannel channel, Runnable closing) {
    /** Opens lines. Connects later, so that what cannot be reached fails the calls, not this. */
    public interface Opener {
        /**
         * @param address as in a claim: "unix:///path" or "tcp://host:port"
         */
        Line open(String address);
    }

    void close() {
        closing.run();
    }
}
