package dev.weir.log;

/** Says whether this process may write a shard: at most one candidate is elected at a time. */
public interface Election extends AutoCloseable {

    /** Takes part from now on. The listener is called by one thread, and returns quickly. */
    void start(Listener listener);

    /**
     * Whether this process is elected, as far as it knows: a process that was paused learns late
     * that another one is. The log's claim is what keeps it from writing then.
     */
    boolean elected();

    /**
     * Gives the seat up, and takes part again after a pause. For a writer that was fenced, or that
     * cannot open the log.
     */
    void standDown();

    /** Gives the seat up at once, so that another candidate need not wait for a timeout. */
    @Override
    void close();

    /** Elected and dismissed take turns, elected first. */
    interface Listener {
        void elected();

        void dismissed();
    }
}
