package dev.weir.dns.responder;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What a responder has done since it was opened. Written by all its threads. */
public final class ResponderCounters {
    /** The header has four bits for it. */
    private static final int RCODES = 16;

    private final LongAdder[] replies =
            Stream.generate(LongAdder::new).limit(RCODES).toArray(LongAdder[]::new);
    private final LongAdder ignored = new LongAdder();
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder truncated = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();

    /** Replies by the header's rcode (BADVERS counts as 0), those above 0 only. */
    public Map<Integer, Long> replies() {
        Map<Integer, Long> counts = new TreeMap<>();
        for (int rcode = 0; rcode < RCODES; rcode++) {
            if (replies[rcode].sum() > 0) {
                counts.put(rcode, replies[rcode].sum());
            }
        }
        return counts;
    }

    /** Datagrams and frames that deserved no reply. */
    public long ignored() {
        return ignored.sum();
    }

    /** Questions handed to the forwarder. */
    public long forwarded() {
        return forwarded.sum();
    }

    /** Replies with TC set. */
    public long truncated() {
        return truncated.sum();
    }

    /** Messages on which our own code failed: each is a bug. */
    public long faults() {
        return faults.sum();
    }

    /** Connections closed because there were too many. */
    public long turnedAway() {
        return turnedAway.sum();
    }

    void countReply(ByteBuffer message) {
        replies[message.get(3) & 0xf].increment();
        if ((message.get(2) & 2) != 0) {
            truncated.increment();
        }
    }

    void countIgnored() {
        ignored.increment();
    }

    void countForwarded() {
        forwarded.increment();
    }

    void countTurnedAway() {
        turnedAway.increment();
    }

    /** How many there are now. */
    long countFault() {
        faults.increment();
        return faults.sum();
    }
}
