package dev.weir.agent;

import dev.weir.agent.derive.NodeStep;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Programmed;
import dev.weir.agent.spi.Traffic;
import dev.weir.changes.Frontier;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import dev.weir.node.v1.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The planes as one, in the order in which additions reach them: the node carries what all of them
 * do. Owned by the loop's thread.
 */
final class PlaneRow {
    private final List<PlaneDriver> planes;
    private boolean unfinished;

    PlaneRow(List<PlaneDriver> planes) {
        this.planes = List.copyOf(planes);
    }

    /** True unless a plane failed that could have been given the image. */
    boolean carry(NodeStep step, Set<String> shardsInSync) {
        planes.forEach(plane -> plane.advance(step));
        planes.reversed().forEach(PlaneDriver::withdraw);
        boolean failed = false;
        unfinished = false;
        for (PlaneDriver plane : planes) {
            failed |= !plane.apply(shardsInSync) && plane.isDue(shardsInSync);
            unfinished |= failed || plane.isUnfinished();
        }
        return !failed;
    }

    /** Something is left to do that is not due to an event. */
    boolean isUnfinished() {
        return unfinished;
    }

    void refresh() {
        planes.forEach(PlaneDriver::refresh);
    }

    /** Why a plane has not programmed the object, and which. */
    Optional<String> problem(Key object) {
        for (PlaneDriver plane : planes) {
            String reason = plane.problems().get(object);
            if (reason != null) {
                return Optional.of(plane.plane().name() + ": " + reason);
            }
        }
        return Optional.empty();
    }

    List<Traffic> traffic() {
        return planes.stream().flatMap(plane -> plane.traffic().stream()).toList();
    }

    List<Programmed> show(Frontend frontend) {
        return planes.stream().flatMap(plane -> plane.show(frontend).stream()).toList();
    }

    NodeLoop.Carried carried(NodeImage image) {
        @Nullable Frontier programmed = null;
        List<Problem> problems = new ArrayList<>();
        List<String> notInSync = new ArrayList<>();
        for (PlaneDriver plane : planes) {
            programmed = programmed == null ? plane.carried() : programmed.min(plane.carried());
            if (!plane.inSync()) {
                notInSync.add(plane.plane().name());
            }
            plane.problems()
                    .forEach(
                            (key, reason) ->
                                    problems.add(
                                            Problem.newBuilder()
                                                    .setKey(key.toProto())
                                                    .setPlane(plane.plane().name())
                                                    .setReason(reason)
                                                    .build()));
        }
        return new NodeLoop.Carried(
                image, programmed == null ? Frontier.EMPTY : programmed, problems, notInSync);
    }

    void close() {
        planes.forEach(plane -> plane.plane().close());
    }
}
