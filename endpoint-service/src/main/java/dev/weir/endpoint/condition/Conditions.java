package dev.weir.endpoint.condition;

import com.google.protobuf.Timestamp;
import dev.weir.core.v1.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions of an object, at most one of a type. */
public final class Conditions {
    private Conditions() {}

    public static Optional<Condition> find(List<Condition> all, String type) {
        return all.stream().filter(condition -> condition.getType().equals(type)).findFirst();
    }

    /**
     * With this one in the place of the old one. Its time is when its status became what it is.
     *
     * @param wanted without a time
     */
    public static List<Condition> with(List<Condition> all, Condition wanted, Instant now) {
        Timestamp time =
                find(all, wanted.getType())
                        .filter(old -> old.getStatus().equals(wanted.getStatus()))
                        .map(Condition::getLastTransitionTime)
                        .orElse(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).build());
        Condition timed = wanted.toBuilder().setLastTransitionTime(time).build();
        List<Condition> changed = new ArrayList<>(all);
        changed.replaceAll(old -> old.getType().equals(timed.getType()) ? timed : old);
        if (!changed.contains(timed)) {
            changed.add(timed);
        }
        return changed;
    }

    public static List<Condition> without(List<Condition> all, String type) {
        return all.stream().filter(condition -> !condition.getType().equals(type)).toList();
    }
}
