package dev.weir.agent.l7.proxy;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The endpoints of one port of a Service as one event loop knows them. Owned by that loop. */
final class Cluster {
    private Upstream upstream = Upstream.NONE;
    private List<Destination> destinations = List.of();
    private int turn = ThreadLocalRandom.current().nextInt(Short.MAX_VALUE);

    boolean is(Upstream other) {
        return upstream == other;
    }

    /** Answers what was there before. */
    List<Destination> become(Upstream other, List<Destination> others) {
        List<Destination> before = destinations;
        upstream = other;
        destinations = others;
        return before;
    }

    List<Destination> destinations() {
        return destinations;
    }

    /**
     * The next one in turn, unless another at random is less busy; those that could not be reached
     * a moment ago only when there are no others. Null when there are none at all.
     */
    @Nullable Destination choose(long now) {
        int count = destinations.size();
        if (count == 0) {
            return null;
        }
        Destination first = null;
        for (int i = 0; i < count && first == null; i++) {
            Destination next = destinations.get(Math.floorMod(turn++, count));
            first = next.avoidUntil > now ? null : next;
        }
        if (first == null) {
            return destinations.get(Math.floorMod(turn, count));
        }
        if (count == 1) {
            return first;
        }
        Destination second = destinations.get(ThreadLocalRandom.current().nextInt(count));
        return second.active < first.active && second.avoidUntil <= now ? second : first;
    }
}
