package dev.weir.agent.l7.http;

/** Takes the parts of a buffer that are content, without what frames them. */
@FunctionalInterface
public interface Runs {
    /** Takes nothing. */
    Runs NONE = (from, to) -> {};

    /**
     * @param from before {@code to}
     */
    void content(int from, int to);
}
