package dev.weir.server.seat;

import io.grpc.Channel;

/** Who is to carry out a call: the writer of a shard, as far as is known here. */
sealed interface Writer {
    Channel channel();

    /** This process. */
    record Here(Office office) implements Writer {
        @Override
        public Channel channel() {
            return office.channel();
        }
    }

    /**
     * Another process.
     *
     * @param term of its claim: one that was started again is another writer
     */
    record Elsewhere(Channel channel, long term) implements Writer {}
}
