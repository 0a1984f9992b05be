package dev.weir.agent.linux;

/** What an element carries besides its key. */
public sealed interface NftValue {
    /** A member of a set. */
    NftValue NONE = new None();

    /** Sets have no values. */
    record None() implements NftValue {}

    /** A map value: one or more concatenated fields. */
    record Data(NftData data) implements NftValue {}

    /** Continue in {@code chain}, and come back after it (jump) or not (goto). */
    record Verdict(Kind kind, String chain) implements NftValue {
        public Verdict {
            NftNames.check(chain);
        }
    }

    /** Codes of linux/netfilter/nf_tables.h (enum nft_verdicts). */
    enum Kind {
        JUMP(-3),
        GOTO(-4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    static NftValue jump(String chain) {
        return new Verdict(Kind.JUMP, chain);
    }

    static NftValue goTo(String chain) {
        return new Verdict(Kind.GOTO, chain);
    }

    static NftValue data(NftData data) {
        return new Data(data);
    }
}
