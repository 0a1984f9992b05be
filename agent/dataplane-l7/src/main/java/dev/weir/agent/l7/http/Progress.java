package dev.weir.agent.l7.http;

/** How far a head has come. */
public enum Progress {
    /** It goes on after the bytes that there are. */
    MORE,
    /** All of it is here and right. */
    DONE,
    /**
     * It is wrong: {@link Head#fault} says how. Nothing after it on the connection has a meaning.
     */
    REFUSED
}
