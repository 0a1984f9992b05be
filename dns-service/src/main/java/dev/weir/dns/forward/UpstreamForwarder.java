package dev.weir.dns.forward;

import dev.weir.dns.wire.Ede;
import dev.weir.dns.wire.Exchange;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks upstreams in turn until one answers.
 *
 * <p>Starts with the one that answered last, so that a dead first upstream costs one timeout, not
 * one per question. An upstream that fails or refuses is passed over like a silent one; its reply
 * is used only if nobody has a better one.
 */
final class UpstreamForwarder implements Forwarder {
    private final List<InetSocketAddress> upstreams;
    private final ForwarderConfig config;
    private final Semaphore slots;
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger preferred = new AtomicInteger();

    UpstreamForwarder(List<InetSocketAddress> upstreams, ForwarderConfig config) {
        this.upstreams = List.copyOf(upstreams);
        this.config = config;
        this.slots = new Semaphore(config.maxInFlight());
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Reply resolve(Question question, boolean checkingDisabled, boolean dnssecOk) {
        if (!slots.tryAcquire()) {
            return Reply.failure(Rcode.SERVFAIL, new Ede(0, "too many forwarded queries"));
        }
        try {
            return ask(question, checkingDisabled, dnssecOk);
        } finally {
            slots.release();
        }
    }

    private Reply ask(Question question, boolean checkingDisabled, boolean dnssecOk) {
        Deadline overall = Deadline.in(config.overall());
        Reply best =
                Reply.failure(
                        Rcode.SERVFAIL,
                        new Ede(Ede.NO_REACHABLE_AUTHORITY, "no upstream resolver answers"));
        int first = preferred.get();
        boolean silence = true;
        while (silence) {
            silence = false; // all that refuse or fail will do so again: only silence is worth
            // another round
            for (int i = 0; i < upstreams.size(); i++) {
                if (overall.isOver()) {
                    return best;
                }
                int index = (first + i) % upstreams.size();
                int id = random.nextInt(1 << 16);
                Exchange exchange = new Exchange(id, question, checkingDisabled, dnssecOk);
                try {
                    Deadline deadline = overall.atMost(config.perTry());
                    best = UpstreamCall.ask(upstreams.get(index), exchange, deadline);
                    if (best.rcode() != Rcode.SERVFAIL && best.rcode() != Rcode.REFUSED) {
                        preferred.set(index);
                        return best;
                    }
                } catch (SocketTimeoutException e) {
                    silence = true;
                } catch (IOException e) {
                    // Nobody listens there; the next one may.
                }
            }
        }
        return best;
    }
}
