package dev.weir.policy.compile;

import dev.weir.model.Key;
import java.util.List;
import java.util.Optional;

/** What network policies say about one connection. Both sides must let it pass. */
public record Verdict(Side egress, Side ingress) {

    public boolean allowed() {
        return egress.passes() && ingress.passes();
    }

    /** One end's judgement. */
    public sealed interface Side {
        default boolean passes() {
            return switch (this) {
                case Open open -> true;
                case AllowedBy rule -> true;
                case Refused refused -> false;
            };
        }
    }

    /** Not for policies to judge, or no policy isolates the pod this way. */
    public record Open(String because) implements Side {
        @Override
        public String toString() {
            return because;
        }
    }

    /**
     * A rule allows it.
     *
     * @param rule counted from 0 in the policy's rules of the direction
     */
    public record AllowedBy(Key policy, int rule) implements Side {
        @Override
        public String toString() {
            return "allowed by " + policy + ", rule " + rule;
        }
    }

    /**
     * Some policies isolate the pod and none allows this.
     *
     * @param isolating those policies, sorted
     * @param nearest a rule that fits by half
     */
    public record Refused(List<Key> isolating, Optional<NearMiss> nearest) implements Side {
        public Refused {
            isolating = List.copyOf(isolating);
        }

        @Override
        public String toString() {
            return isolating
                    + " isolate it and no rule allows this"
                    + nearest.map(miss -> "; nearest: " + miss).orElse("");
        }
    }

    /** A rule whose peer fits but not its ports, or the other way round. */
    public record NearMiss(Key policy, int rule, boolean peerFits) {
        @Override
        public String toString() {
            return policy
                    + ", rule "
                    + rule
                    + (peerFits
                            ? ", allows the peer on other ports"
                            : ", allows other peers on the port");
        }
    }
}
