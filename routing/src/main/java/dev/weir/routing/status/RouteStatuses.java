package dev.weir.routing.status;

import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Condition;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.ParentReference;
import dev.weir.route.v1.RouteParentStatus;
import dev.weir.route.v1.RouteStatus;
import dev.weir.routing.compile.Compile;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfParent;
import dev.weir.routing.compile.Verdicts.OfRoute;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The status of an HTTPRoute: one entry for each parent. Entries of others stay as they are. */
final class RouteStatuses {
    private static final Set<String> OURS =
            Set.of(Saying.ACCEPTED, Saying.PROGRAMMED, Saying.RESOLVED_REFS);
    private static final Finding INVALID = Finding.no("Invalid", "It is not accepted.");

    private RouteStatuses() {}

    /**
     * @param verdict empty when it has no parent of ours
     */
    static RouteStatus of(
            Image control, Stored stored, Optional<OfRoute> verdict, Programming programming) {
        HttpRoute object = (HttpRoute) stored.value();
        Map<ParentReference, RouteParentStatus> ours = new LinkedHashMap<>();
        for (OfParent parent : verdict.map(OfRoute::parents).orElse(List.of())) {
            long gateway = control.get(parent.gateway()).map(Stored::revision).orElse(0L);
            ours.put(
                    parent.reference(),
                    entry(object, parent, Math.max(stored.revision(), gateway), programming));
        }
        RouteStatus.Builder status = RouteStatus.newBuilder();
        for (RouteParentStatus before : object.getStatus().getParentsList()) {
            if (!isOurs(before)) {
                status.addParents(before);
            } else if (ours.containsKey(before.getParentRef())) {
                status.addParents(ours.remove(before.getParentRef()));
            }
        }
        return status.addAllParents(ours.values()).build();
    }

    private static boolean isOurs(RouteParentStatus entry) {
        return entry.getControllerName().equals(Compile.GATEWAY_CONTROLLER);
    }

    private static RouteParentStatus entry(
            HttpRoute object, OfParent parent, long revision, Programming programming) {
        List<Condition> before =
                object.getStatus().getParentsList().stream()
                        .filter(RouteStatuses::isOurs)
                        .filter(old -> old.getParentRef().equals(parent.reference()))
                        .findFirst()
                        .map(RouteParentStatus::getConditionsList)
                        .orElse(List.of());
        Saying saying = new Saying(before, object.getMetadata().getGeneration(), programming.now());
        saying.say(Saying.ACCEPTED, parent.accepted())
                .say(Saying.RESOLVED_REFS, parent.resolvedRefs())
                .say(
                        Saying.PROGRAMMED,
                        parent.accepted().holds() ? programming.of(revision, saying) : INVALID);
        return RouteParentStatus.newBuilder()
                .setParentRef(parent.reference())
                .setControllerName(Compile.GATEWAY_CONTROLLER)
                .addAllConditions(saying.conditions(OURS))
                .build();
    }
}
