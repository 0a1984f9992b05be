package dev.weir.routing.status;

import com.google.protobuf.Timestamp;
import dev.weir.core.v1.Condition;
import dev.weir.routing.compile.Verdicts.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The conditions of one object at one generation, from those that it has. What is not said is taken
 * away, if it is one of ours.
 */
final class Saying {
    static final String ACCEPTED = "Accepted";
    static final String PROGRAMMED = "Programmed";
    static final String RESOLVED_REFS = "ResolvedRefs";
    static final String CONFLICTED = "Conflicted";

    private static final String TRUE = "True";
    private static final String FALSE = "False";

    private final List<Condition> before;
    private final long generation;
    private final Instant now;
    private final List<Condition> said = new ArrayList<>();

    Saying(List<Condition> before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now;
    }

    Saying say(String type, Finding finding) {
        String status = finding.holds() ? TRUE : FALSE;
        Timestamp time =
                find(type)
                        .filter(old -> old.getStatus().equals(status))
                        .map(Condition::getLastTransitionTime)
                        .orElse(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).build());
        said.add(
                Condition.newBuilder()
                        .setType(type)
                        .setStatus(status)
                        .setReason(finding.reason())
                        .setMessage(finding.message())
                        .setLastTransitionTime(time)
                        .setObservedGeneration(generation)
                        .build());
        return this;
    }

    /** Whether this generation was programmed already: what is does not become undone. */
    boolean programmedBefore() {
        return find(PROGRAMMED)
                .filter(old -> old.getStatus().equals(TRUE))
                .filter(old -> old.getObservedGeneration() == generation)
                .isPresent();
    }

    private Optional<Condition> find(String type) {
        return before.stream().filter(old -> old.getType().equals(type)).findFirst();
    }

    /**
     * All conditions, those of others as they are.
     *
     * @param ours the types that are ours to say
     */
    List<Condition> conditions(Set<String> ours) {
        List<Condition> all = new ArrayList<>(said);
        before.stream().filter(old -> !ours.contains(old.getType())).forEach(all::add);
        return all;
    }
}
