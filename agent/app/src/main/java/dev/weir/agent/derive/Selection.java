package dev.weir.agent.derive;

import dev.weir.agent.derive.Candidate.State;
import dev.weir.model.Backend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which endpoints serve a frontend, and for each one why or why not.
 *
 * @param judged all candidates, in their order
 * @param withheld there are usable ones, but none that this node may use
 */
record Selection(List<Judged> judged, Scope scope, boolean withheld) {
    private static final Set<State> USABLE = Set.of(State.READY, State.LEAVING);

    Selection {
        judged = List.copyOf(judged);
    }

    record Judged(Candidate candidate, Reason reason) {
        boolean used() {
            return reason.used();
        }
    }

    /** Which endpoints are considered. */
    enum Scope {
        CLUSTER,
        /** Those of this node. */
        LOCAL
    }

    /**
     * Considers the candidates of a family. Usable are the ready ones; if there are none, those
     * that terminate and still serve. In the whole cluster, of ready ones with hints only those
     * that are meant for this node, else those for its zone, if all say for whom they are
     * (KEP-3015). An address and port is used once.
     *
     * @param leased leave out this node's own where there are others
     */
    static Selection of(
            List<Candidate> candidates, boolean v6, Scope scope, boolean leased, Here here) {
        List<Judged> judged = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            boolean elsewhere = scope == Scope.LOCAL && !candidate.isOn(here);
            judged.add(
                    new Judged(
                            candidate,
                            candidate.v6() != v6
                                    ? Reason.OTHER_FAMILY
                                    : elsewhere ? Reason.ON_ANOTHER_NODE : Reason.READY));
        }
        refuse(judged, Selection::byState);
        if (scope == Scope.CLUSTER) {
            refuse(judged, used -> meant(used, here));
        }
        if (leased && judged.stream().anyMatch(it -> it.used() && !it.candidate().isOn(here))) {
            refuse(judged, used -> it -> it.isOn(here) ? Reason.LEASED : Reason.READY);
        }
        refuse(judged, used -> once(used, here));
        boolean withheld =
                scope == Scope.LOCAL
                        && judged.stream().noneMatch(Judged::used)
                        && candidates.stream()
                                .anyMatch(it -> it.v6() == v6 && USABLE.contains(it.state()));
        return new Selection(judged, scope, withheld);
    }

    /** Judges those that are still used; who is ready stays what he was. */
    private static void refuse(
            List<Judged> judged, Function<List<Candidate>, Function<Candidate, Reason>> rule) {
        Function<Candidate, Reason> reasons =
                rule.apply(judged.stream().filter(Judged::used).map(Judged::candidate).toList());
        judged.replaceAll(
                it -> {
                    Reason reason = it.used() ? reasons.apply(it.candidate()) : Reason.READY;
                    return reason == Reason.READY ? it : new Judged(it.candidate(), reason);
                });
    }

    private static Function<Candidate, Reason> byState(List<Candidate> considered) {
        boolean ready = considered.stream().anyMatch(it -> it.state() == State.READY);
        return candidate ->
                switch (candidate.state()) {
                    case READY -> Reason.READY;
                    case LEAVING -> ready ? Reason.TERMINATING : Reason.LAST_RESORT;
                    case GONE -> Reason.TERMINATING;
                    case NOT_READY -> Reason.NOT_READY;
                };
    }

    /** What terminates is taken wherever it is. */
    private static Function<Candidate, Reason> meant(List<Candidate> usable, Here here) {
        if (usable.stream().anyMatch(it -> it.state() != State.READY)) {
            return candidate -> Reason.READY;
        }
        return meant(usable, Candidate::forNodes, here.name(), Reason.MEANT_FOR_OTHER_NODES)
                .or(
                        () ->
                                meant(
                                        usable,
                                        Candidate::forZones,
                                        here.zone(),
                                        Reason.MEANT_FOR_OTHER_ZONES))
                .orElse(candidate -> Reason.READY);
    }

    private static Optional<Function<Candidate, Reason>> meant(
            List<Candidate> usable,
            Function<Candidate, Set<String>> hints,
            String name,
            Reason others) {
        boolean all = usable.stream().noneMatch(it -> hints.apply(it).isEmpty());
        return all && usable.stream().anyMatch(it -> hints.apply(it).contains(name))
                ? Optional.of(it -> hints.apply(it).contains(name) ? Reason.READY : others)
                : Optional.empty();
    }

    /** Of several with one address and port the first here, else the first. */
    private static Function<Candidate, Reason> once(List<Candidate> usable, Here here) {
        Map<Backend, Candidate> first = new HashMap<>();
        for (Candidate candidate : usable) {
            first.merge(
                    new Backend(candidate.address(), candidate.port(), false),
                    candidate,
                    (one, other) -> one.isOn(here) || !other.isOn(here) ? one : other);
        }
        Set<Candidate> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
        chosen.addAll(first.values());
        return candidate -> chosen.contains(candidate) ? Reason.READY : Reason.REPEATED;
    }

    List<Backend> backends(Here here) {
        return judged.stream()
                .filter(Judged::used)
                .map(Judged::candidate)
                .map(it -> new Backend(it.address(), it.port(), it.isOn(here)))
                .toList();
    }

    /** The ready ones; without any, those that terminate and still serve. */
    static List<Candidate> usable(List<Candidate> candidates) {
        boolean ready = candidates.stream().anyMatch(it -> it.state() == State.READY);
        return candidates.stream()
                .filter(it -> it.state() == (ready ? State.READY : State.LEAVING))
                .toList();
    }
}
