package dev.weir.dns.forward;

import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Reply;
import java.net.InetSocketAddress;
import java.util.List;

/** Answers questions about names that are not ours. */
public interface Forwarder {

    /**
     * Blocks until there is an answer, or none is to be had. Never throws: a failure is a reply.
     *
     * @param checkingDisabled the asker validates signatures itself
     * @param dnssecOk the asker wants to see signatures
     */
    Reply resolve(Question question, boolean checkingDisabled, boolean dnssecOk);

    /** Whether it answers anything at all; becomes the RA bit. */
    boolean available();

    /** Refuses everything: for servers without a way out. */
    static Forwarder none() {
        return new Forwarder() {
            @Override
            public Reply resolve(Question question, boolean checkingDisabled, boolean dnssecOk) {
                return Reply.failure(Rcode.REFUSED, null);
            }

            @Override
            public boolean available() {
                return false;
            }
        };
    }

    /** Asks these resolvers, in this order; {@link #none} if there are none. */
    static Forwarder to(List<InetSocketAddress> upstreams, ForwarderConfig config) {
        return upstreams.isEmpty() ? none() : new UpstreamForwarder(upstreams, config);
    }
}
