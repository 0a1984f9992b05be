package dev.weir.agent.l2;

import dev.weir.agent.l2.wire.Holdings;
import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Where a node stands on a link. It listens, then sends heartbeats, then owns what {@link
 * Rendezvous} gives it among those that it hears. Times are milliseconds of one clock that never
 * goes back.
 *
 * <p>Invariants: only what is owned is answered for; nothing is owned by a node that is not
 * eligible; nothing is taken that another one, which it hears and which is eligible, says it owns,
 * and nothing kept that one with a higher rank says it owns; a node that owns something sends
 * heartbeats that say so.
 *
 * @param name the node's own
 * @param heard addresses that heartbeats came from, and what they said
 * @param speaks from when on it may send heartbeats: those that live have been heard by then
 * @param voice empty while it sends no heartbeats
 * @param owned the addresses that it answers for
 * @param tick when it last looked at the time
 */
record Standing(
        String name,
        Timing timing,
        Announcements wanted,
        PMap<IpAddress, Hearing> heard,
        long speaks,
        Optional<Voice> voice,
        PMap<IpAddress, Claim> owned,
        long tick) {

    /** More than nodes fit on a link; whoever forges heartbeats gets no further memory. */
    static final int MAX_HEARD = 4_096;

    /** Addresses that others say they own, for the same reason; further ones are not remembered. */
    static final int MAX_HOLDINGS = 100_000;

    /** That of a node which has just come to the link, and knows nobody. */
    static Standing start(String name, Timing timing, long now) {
        return new Standing(
                name,
                timing,
                Announcements.NONE,
                HashTreePMap.empty(),
                now + timing.listen(),
                Optional.empty(),
                HashTreePMap.empty(),
                now);
    }

    Step step(Event event, long now) {
        return switch (event) {
            case Event.Wanted(var announcements) -> quietly(want(announcements, now));
            case Event.Heard(var node, var owns) -> quietly(hear(node, owns, now));
            case Event.Asked(var address, var by) ->
                    new Step(
                            this,
                            owned.containsKey(address)
                                    ? List.of(new Say.Answer(address, by))
                                    : List.of());
            case Event.Tick tickEvent -> tick(now);
        };
    }

    private static Step quietly(Standing next) {
        return new Step(next, List.of());
    }

    /** With nothing to announce in the whole cluster, heartbeats end. */
    private Standing want(Announcements announcements, long now) {
        return new Standing(
                        name,
                        timing,
                        announcements,
                        heard,
                        speaks,
                        announcements.eligible().isEmpty() ? Optional.empty() : voice,
                        owned,
                        tick)
                .elect(now);
    }

    /**
     * A node that comes back may have answered meanwhile, to those who did not hear this one; what
     * they remember is corrected. The same where another one thinks that it owns what is owned
     * here.
     */
    private Standing hear(IpAddress node, Optional<Holdings> owns, long now) {
        Hearing before = heard.get(node);
        if (before == null && heard.size() >= MAX_HEARD) {
            return this;
        }
        Hearing after = before == null ? Hearing.first(now, owns) : before.then(now, owns);
        if (after.size() > (before == null ? 0 : before.size())
                && after.size() + heard.values().stream().mapToInt(Hearing::size).sum()
                        > MAX_HOLDINGS) {
            after = new Hearing(now, Optional.of(Set.of()), Set.of(), 0);
        }
        Standing next = withHeard(heard.plus(node, after));
        String other = wanted.nodes().get(node);
        if (other == null || other.equals(name)) {
            return next;
        }
        if (before == null) {
            return next.elect(now)
                    .claimAgain(
                            now,
                            address ->
                                    wanted.eligible()
                                            .getOrDefault(address, Set.of())
                                            .contains(other));
        }
        return before.owns().equals(after.owns())
                ? next
                : next.elect(now).claimAgain(now, after.owns().orElse(Set.of())::contains);
    }

    private Standing claimAgain(long now, Predicate<IpAddress> which) {
        PMap<IpAddress, Claim> next = owned;
        for (IpAddress address : owned.keySet()) {
            if (which.test(address)) {
                next = next.plus(address, Claim.from(now));
            }
        }
        return withOwned(next);
    }

    private Step tick(long now) {
        if (now - tick >= timing.silence()) {
            // Asleep for so long that the others have taken over: as one that has just come.
            return quietly(start(name, timing, now).want(wanted, now));
        }
        Standing next = at(now).forget(now);
        List<Say> say = new ArrayList<>();
        if (now >= speaks && !wanted.eligible().isEmpty()) {
            next = next.beat(now, say);
        }
        return new Step(next.claim(now, say), say);
    }

    private Standing at(long now) {
        boolean settling = voice.isPresent() && voice.get().claims() > tick;
        Standing next = new Standing(name, timing, wanted, heard, speaks, voice, owned, now);
        return settling ? next.elect(now) : next;
    }

    /** Those that went silent. */
    private Standing forget(long now) {
        List<IpAddress> silent =
                heard.entrySet().stream()
                        .filter(entry -> now - entry.getValue().at() >= timing.silence())
                        .map(Map.Entry::getKey)
                        .toList();
        return silent.isEmpty() ? this : withHeard(heard.minusAll(silent)).elect(now);
    }

    private Standing beat(long now, List<Say> say) {
        Voice current = voice.orElse(Voice.from(now, timing));
        if (!current.isDue(now, owned.keySet())) {
            return this;
        }
        Say.Alive alive = new Say.Alive(owned.keySet());
        say.add(alive);
        Voice next = new Voice(current.claims(), now + timing.heartbeat(), alive.owned());
        return new Standing(name, timing, wanted, heard, speaks, Optional.of(next), owned, tick);
    }

    private Standing claim(long now, List<Say> say) {
        PMap<IpAddress, Claim> next = owned;
        for (Map.Entry<IpAddress, Claim> entry : owned.entrySet()) {
            if (entry.getValue().isDue(now)) {
                say.add(new Say.Claim(entry.getKey()));
                next = next.plus(entry.getKey(), entry.getValue().saidAt(now));
            }
        }
        return next == owned ? this : withOwned(next);
    }

    /** Owns what it has to, of those that it hears now; what is new is still to be claimed. */
    private Standing elect(long now) {
        if (voice.isEmpty() || now < voice.get().claims()) {
            return withOwned(HashTreePMap.empty());
        }
        Map<String, Optional<Set<IpAddress>>> alive = new HashMap<>();
        heard.forEach(
                (node, hearing) -> {
                    String other = wanted.nodes().get(node);
                    if (other != null) {
                        alive.put(other, hearing.owns());
                    }
                });
        alive.put(name, Optional.of(owned.keySet()));
        PMap<IpAddress, Claim> next = HashTreePMap.empty();
        for (var entry : wanted.eligible().entrySet()) {
            IpAddress address = entry.getKey();
            if (Rendezvous.owner(address, entry.getValue(), alive)
                    .filter(name::equals)
                    .isPresent()) {
                next = next.plus(address, owned.getOrDefault(address, Claim.from(now)));
            }
        }
        return withOwned(next);
    }

    /** Whether it has just come to the link. */
    boolean isListening() {
        return tick < speaks;
    }

    /**
     * What it may own and has still to claim, if it gets it; nothing while it listens, since that
     * is no matter of what is wanted.
     */
    Set<IpAddress> unsaid() {
        if (isListening()) {
            return Set.of();
        }
        if (voice.isEmpty() || tick < voice.get().claims()) {
            return wanted.mayBeOwnedBy(name);
        }
        return owned.entrySet().stream()
                .filter(entry -> entry.getValue().said() == 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private Standing withHeard(PMap<IpAddress, Hearing> next) {
        return new Standing(name, timing, wanted, next, speaks, voice, owned, tick);
    }

    private Standing withOwned(PMap<IpAddress, Claim> next) {
        return new Standing(name, timing, wanted, heard, speaks, voice, next, tick);
    }
}
