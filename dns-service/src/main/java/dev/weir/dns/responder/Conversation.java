package dev.weir.dns.responder;

import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.wire.Edns;
import dev.weir.dns.wire.Inbound;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.wire.ReplyWriter;
import dev.weir.dns.zone.Zone;
import dev.weir.dns.zone.ZoneAnswer;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * From the octets that came in to the octets that go out, for either transport.
 *
 * <p>The zone's answers are given on the caller's thread; what must be forwarded goes to a thread
 * of its own. Nothing that comes in makes {@link #hear} throw.
 */
final class Conversation {
    private static final System.Logger LOG = System.getLogger(Conversation.class.getName());

    private final Supplier<Zone> zone;
    private final Forwarder forwarder;
    private final Executor waiting;
    private final ResponderCounters counters;

    /**
     * @param waiting runs what blocks; a thread for each task
     */
    Conversation(
            Supplier<Zone> zone,
            Forwarder forwarder,
            Executor waiting,
            ResponderCounters counters) {
        this.zone = zone;
        this.forwarder = forwarder;
        this.waiting = waiting;
        this.counters = counters;
    }

    /** Where one transport's replies go, and how large they may be. */
    interface Channel {
        ByteBuffer render(ReplyWriter writer, Inbound.Query query, Reply reply);

        /** Called by any thread; a reply that cannot be sent is dropped. */
        void send(ByteBuffer message);

        /**
         * Called on the hearing thread before a question is handed on, and once it is done with.
         */
        default void beginWaiting() {}

        default void endWaiting() {}
    }

    /** The writer for one hearing thread. */
    ReplyWriter newWriter() {
        return new ReplyWriter(ThreadLocalRandom.current(), forwarder.available());
    }

    /**
     * Takes in one message.
     *
     * @param writer of the calling thread
     */
    void hear(byte[] data, int length, ReplyWriter writer, Channel channel) {
        switch (Inbound.parse(data, length)) {
            case Inbound.Ignored ignored -> counters.countIgnored();
            case Inbound.Rejected rejected -> send(channel, writer.write(rejected));
            case Inbound.Query query -> {
                try {
                    decide(query, writer, channel);
                } catch (RuntimeException e) {
                    fault(e);
                    say(Reply.failure(Rcode.SERVFAIL, null), query, writer, channel);
                }
            }
        }
    }

    private void decide(Inbound.Query query, ReplyWriter writer, Channel channel) {
        switch (Verdict.on(query, zone.get())) {
            case ZoneAnswer.Final(Reply reply) -> say(reply, query, writer, channel);
            case ZoneAnswer.Elsewhere elsewhere -> {
                counters.countForwarded();
                channel.beginWaiting();
                try {
                    waiting.execute(() -> forward(query, elsewhere, channel));
                } catch (RejectedExecutionException e) {
                    channel.endWaiting(); // closing
                }
            }
        }
    }

    private void forward(Inbound.Query query, ZoneAnswer.Elsewhere elsewhere, Channel channel) {
        Edns edns = query.edns();
        boolean dnssecOk = edns != null && edns.dnssecOk();
        ReplyWriter writer = newWriter();
        try {
            Reply reply =
                    forwarder
                            .resolve(elsewhere.question(), query.checkingDisabled(), dnssecOk)
                            .after(elsewhere.aliases());
            say(reply, query, writer, channel);
        } catch (RuntimeException e) {
            fault(e);
            say(Reply.failure(Rcode.SERVFAIL, null), query, writer, channel);
        } finally {
            channel.endWaiting();
        }
    }

    private void say(Reply reply, Inbound.Query query, ReplyWriter writer, Channel channel) {
        send(channel, channel.render(writer, query, reply));
    }

    private void send(Channel channel, ByteBuffer message) {
        counters.countReply(message);
        channel.send(message);
    }

    /** Logs the 1st, 2nd, 4th, 8th and so on: a flood of bad queries is not a flood of logs. */
    private void fault(RuntimeException e) {
        long count = counters.countFault();
        if (Long.bitCount(count) == 1) {
            LOG.log(System.Logger.Level.ERROR, "fault while answering, faults=" + count, e);
        }
    }
}
