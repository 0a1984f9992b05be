package dev.weir.dns.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to say to a question, before sizes and transports matter.
 *
 * @param rcode one of {@link Rcode}
 * @param authoritative AA: from our own zone
 * @param authentic AD: an upstream validated it
 * @param truncated something is already missing (an upstream's TC)
 * @param additional may be left out when space is short
 */
public record Reply(
        int rcode,
        boolean authoritative,
        boolean authentic,
        boolean truncated,
        List<RrSet> answers,
        List<RrSet> authority,
        List<RrSet> additional,
        @Nullable Ede ede) {

    public Reply {
        answers = List.copyOf(answers);
        authority = List.copyOf(authority);
        additional = List.copyOf(additional);
    }

    /** An answer from our own zone. */
    public static Reply authoritative(
            int rcode, List<RrSet> answers, List<RrSet> authority, List<RrSet> additional) {
        return new Reply(rcode, true, false, false, answers, authority, additional, null);
    }

    /** No data, only the reason. */
    public static Reply failure(int rcode, @Nullable Ede ede) {
        return new Reply(rcode, false, false, false, List.of(), List.of(), List.of(), ede);
    }

    /** This reply as the end of a chain of aliases that our zone began. */
    public Reply after(List<RrSet> aliases) {
        if (aliases.isEmpty() || rcode == Rcode.SERVFAIL || rcode == Rcode.REFUSED) {
            return this;
        }
        List<RrSet> chain = new ArrayList<>(aliases);
        chain.addAll(answers);
        return new Reply(rcode, true, false, truncated, chain, authority, additional, ede);
    }
}
