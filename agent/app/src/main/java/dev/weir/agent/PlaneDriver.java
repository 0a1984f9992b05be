package dev.weir.agent;

import dev.weir.agent.derive.NodeStep;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.agent.spi.Programmed;
import dev.weir.agent.spi.Traffic;
import dev.weir.changes.Frontier;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One plane and what it carries. Calls nothing before the shards that the plane needs are in sync;
 * after a failure it gives the plane everything that changed since its last success. Owned by the
 * node loop's thread.
 */
final class PlaneDriver {
    private static final Logger LOG = Logger.getLogger(PlaneDriver.class);

    private final DataPlane plane;

    /** The last one that it carried without problems. */
    private NodeImage applied = NodeImage.EMPTY;

    /** The one that it shall carry. */
    private NodeImage next = NodeImage.EMPTY;

    /** From the former to the latter; null where that is not known, so they have to be compared. */
    private @Nullable NodeDelta pending;

    private Frontier carried = Frontier.EMPTY;
    private boolean started;
    private boolean owes;
    private Map<Key, String> problems = Map.of();

    PlaneDriver(DataPlane plane) {
        this.plane = plane;
    }

    DataPlane plane() {
        return plane;
    }

    boolean inSync() {
        return started;
    }

    /** Objects that the plane could not program the last time, and why. */
    Map<Key, String> problems() {
        return problems;
    }

    /** Something is not programmed, or was put off. */
    boolean isUnfinished() {
        return owes || !problems.isEmpty();
    }

    /** Whether the plane can be given an image. */
    boolean isDue(Set<String> shardsInSync) {
        return started || shardsInSync.containsAll(plane.shards());
    }

    /** Hears of the next image. Costs what changed since the plane last succeeded. */
    void advance(NodeStep step) {
        NodeDelta before = step.from() == next ? pending : null;
        pending = before == null ? null : before.then(step.delta(), applied);
        next = step.to();
    }

    private NodeDelta delta() {
        NodeDelta known = pending == null ? NodeDelta.between(applied, next) : pending;
        pending = known;
        return known;
    }

    void withdraw() {
        if (!started) {
            return;
        }
        try {
            plane.withdraw(next, delta());
        } catch (RuntimeException e) {
            LOG.errorf(e, "Plane %s could not withdraw what is going", plane.name());
        }
    }

    /** True when the plane carries the whole image, but for the problems. */
    boolean apply(Set<String> shardsInSync) {
        if (!isDue(shardsInSync)) {
            return false;
        }
        try {
            Outcome outcome = plane.apply(next, delta());
            if (!outcome.problems().equals(problems) && !outcome.problems().isEmpty()) {
                LOG.warnf("Plane %s could not program: %s", plane.name(), outcome.problems());
            }
            problems = outcome.problems();
            owes = outcome.owes();
            started = true;
            carried = next.frontier();
            if (problems.isEmpty()) {
                applied = next;
                pending = NodeDelta.NONE;
            }
            return true;
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "Plane %s failed; it keeps what it carries and is tried again",
                    plane.name());
            return false;
        }
    }

    /** Looks for what somebody else changed, and mends it. */
    void refresh() {
        if (!started) {
            return;
        }
        try {
            var drift = plane.verify();
            if (!drift.isEmpty()) {
                LOG.warnf(
                        "Plane %s differs from what it should carry, mending: %s",
                        plane.name(), drift);
                Outcome outcome = plane.repair();
                problems = outcome.problems();
                owes = outcome.owes();
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "Plane %s could not be checked", plane.name());
        }
    }

    /** What the plane has programmed for a frontend; that it cannot be read is said, too. */
    List<Programmed> show(Frontend frontend) {
        if (!started) {
            return List.of();
        }
        try {
            return plane.show(frontend);
        } catch (RuntimeException e) {
            LOG.errorf(e, "Plane %s could not show %s", plane.name(), frontend);
            String problem = "no telling: " + e.getMessage();
            return List.of(new Programmed(plane.name(), frontend.toString(), "", problem));
        }
    }

    /** What came to frontends; throws what the plane throws. */
    List<Traffic> traffic() {
        return started ? plane.traffic() : List.of();
    }

    /** The state that the plane carries, but for the problems. */
    Frontier carried() {
        return carried;
    }
}
