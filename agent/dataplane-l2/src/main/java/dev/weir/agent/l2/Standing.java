package dev.weir.agent.l2;

import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Where a node stands on a link. It listens, then sends heartbeats, then owns what {@link
 * Rendezvous} gives it among those that it hears. Times are milliseconds of one clock that never
 * goes back.
 *
 * <p>Invariants: only what is owned is answered for; nothing is owned by a node that is not
 * eligible, nor while one that it hears, and which is, ranks higher; a node that owns something
 * sends heartbeats.
 *
 * @param name the node's own
 * @param heard addresses that heartbeats came from, and when the last one did
 * @param speaks from when on it may send heartbeats: those that live have been heard by then
 * @param voice empty while it sends no heartbeats
 * @param owned the addresses that it answers for
 * @param tick when it last looked at the time
 */
record Standing(
        String name,
        Timing timing,
        Announcements wanted,
        PMap<IpAddress, Long> heard,
        long speaks,
        Optional<Voice> voice,
        PMap<IpAddress, Claim> owned,
        long tick) {

    /** More than nodes fit on a link; whoever forges heartbeats gets no further memory. */
    static final int MAX_HEARD = 4_096;

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
            case Event.Heard(var node) -> quietly(hear(node, now));
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
     * they remember is corrected.
     */
    private Standing hear(IpAddress node, long now) {
        boolean known = heard.containsKey(node);
        if (!known && heard.size() >= MAX_HEARD) {
            return this;
        }
        Standing next = withHeard(heard.plus(node, now));
        return known ? next : next.elect(now).claimAgain(node, now);
    }

    private Standing claimAgain(IpAddress newcomer, long now) {
        String other = wanted.nodes().get(newcomer);
        PMap<IpAddress, Claim> next = owned;
        for (IpAddress address : owned.keySet()) {
            if (other != null
                    && !other.equals(name)
                    && wanted.eligible().getOrDefault(address, Set.of()).contains(other)) {
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
                        .filter(entry -> now - entry.getValue() >= timing.silence())
                        .map(Map.Entry::getKey)
                        .toList();
        return silent.isEmpty() ? this : withHeard(heard.minusAll(silent)).elect(now);
    }

    private Standing beat(long now, List<Say> say) {
        Voice current = voice.orElse(Voice.from(now, timing));
        if (now < current.beat()) {
            return this;
        }
        say.add(new Say.Alive());
        Voice next = new Voice(current.claims(), now + timing.heartbeat());
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
        Set<String> alive =
                heard.keySet().stream()
                        .flatMap(node -> Optional.ofNullable(wanted.nodes().get(node)).stream())
                        .collect(Collectors.toSet());
        alive.add(name);
        PMap<IpAddress, Claim> next = HashTreePMap.empty();
        for (var entry : wanted.eligible().entrySet()) {
            IpAddress address = entry.getKey();
            if (Rendezvous.owner(address, entry.getValue(), alive::contains)
                    .filter(name::equals)
                    .isPresent()) {
                next = next.plus(address, owned.getOrDefault(address, Claim.from(now)));
            }
        }
        return withOwned(next);
    }

    private Standing withHeard(PMap<IpAddress, Long> next) {
        return new Standing(name, timing, wanted, next, speaks, voice, owned, tick);
    }

    private Standing withOwned(PMap<IpAddress, Claim> next) {
        return new Standing(name, timing, wanted, heard, speaks, voice, next, tick);
    }
}
