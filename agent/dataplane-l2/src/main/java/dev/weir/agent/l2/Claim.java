package dev.weir.agent.l2;

/**
 * How far a new owner has got with saying so.
 *
 * @param said how often it has
 * @param next when it does again, if it still has to
 */
record Claim(int said, long next) {

    static Claim from(long now) {
        return new Claim(0, now);
    }

    boolean isDue(long now) {
        return said <= Timing.CLAIM_GAPS_MILLIS.size() && now >= next;
    }

    Claim saidAt(long now) {
        boolean more = said < Timing.CLAIM_GAPS_MILLIS.size();
        return new Claim(said + 1, more ? now + Timing.CLAIM_GAPS_MILLIS.get(said) : now);
    }
}
