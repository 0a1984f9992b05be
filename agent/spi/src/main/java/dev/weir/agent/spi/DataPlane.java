package dev.weir.agent.spi;

import dev.weir.model.Backend;
import dev.weir.model.Frontend;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Programs one thing that carries traffic. The agent owns retries, throttling, the in-sync gate and
 * status; a plane only makes the kernel equal to an image.
 *
 * <p>One thread calls a plane, but for {@link #lease}, which may come from another. Every call may
 * be repeated: adding what exists and removing what is gone succeed. Traffic flows on while no
 * agent runs, so {@link #close} leaves everything in place.
 */
public interface DataPlane extends AutoCloseable {

    /** As in {@code --planes}. */
    String name();

    /** The shards that must be in sync before {@link #apply} is called for the first time. */
    Set<String> shards();

    /**
     * Makes what is programmed equal to the image. The first call reads back what a former agent
     * left, and repairs only what differs. The delta says what changed since the last call that had
     * no problems; a plane may ignore it.
     */
    Outcome apply(NodeImage image, NodeDelta delta);

    /**
     * Stops leading anybody to what the next image no longer has. Called before {@link #apply}, on
     * the planes in reversed order, so that a name goes before the address that it names.
     */
    default void withdraw(NodeImage next) {}

    /**
     * As {@link #withdraw(NodeImage)}, which it calls unless a plane has use for the delta: what
     * changed since the last {@link #apply} that had no problems.
     */
    default void withdraw(NodeImage next, NodeDelta delta) {
        withdraw(next);
    }

    /**
     * Compares what is programmed with the image of the last {@link #apply} and changes nothing.
     */
    List<Drift> verify();

    /** Mends what {@link #verify} would find. */
    Outcome repair();

    /**
     * Sends new connections to the frontend to this backend, for this long from now; then the
     * frontend's other endpoints take over by themselves, without anybody's help. Planes that carry
     * no Services ignore it.
     */
    default void lease(Frontend frontend, Backend backend, Duration validity) {}

    /**
     * What is programmed for a frontend, each part compared with the kernel; costs what the
     * frontend has. Planes that carry no Services have nothing to show.
     */
    default List<Programmed> show(Frontend frontend) {
        return List.of();
    }

    /**
     * What came to each frontend, read where it is counted: for an occasional look, since it costs
     * what all frontends cost. Planes that carry or count no Services know nothing.
     */
    default List<Traffic> traffic() {
        return List.of();
    }

    /**
     * What the plane counts besides, in Prometheus' text format. May be asked by any thread, and
     * takes no longer than a scrape may.
     */
    default String metrics() {
        return "";
    }

    /** Releases what the process holds. Keeps forwarding and filtering. */
    @Override
    void close();
}
