package dev.weir.agent;

import com.google.protobuf.Message;
import dev.weir.agent.edge.NodeCondition;
import dev.weir.changes.Image;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether the node carries what it should: healthy while the last round after which every plane
 * carried the whole image is not older than {@link #patience}. So an agent that hangs, one whose
 * planes fail and one that has not heard the cluster's state are unhealthy alike. Told by the
 * loop's thread, asked by any.
 */
final class Vitals {
    /** There is a round at every refresh, even when nothing changes; so many may be missed. */
    private static final int MISSED = 3;

    /** Where refreshes are frequent: a round with much to program takes a while. */
    private static final Duration LEAST = Duration.ofSeconds(10);

    private final Key self;
    private final Duration patience;
    private final Clock clock;
    private final LongSupplier nanoTime;

    private record State(Optional<Long> wholeAtNanos, boolean eligible) {}

    private volatile State state = new State(Optional.empty(), true);

    /**
     * @param self the Node, or the Pod of an agent that is one
     */
    Vitals(Key self, Duration refresh, Clock clock, LongSupplier nanoTime) {
        this.self = self;
        this.patience = patience(refresh);
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    static Duration patience(Duration refresh) {
        Duration some = refresh.multipliedBy(MISSED);
        return some.compareTo(LEAST) < 0 ? LEAST : some;
    }

    /** Called by the loop's thread after each round. */
    void carried(NodeLoop.Carried now) {
        boolean whole =
                now.planesNotInSync().isEmpty()
                        && now.programmed().includes(now.image().frontier());
        Optional<Image> control = Optional.ofNullable(now.image().shards().get(Shards.CONTROL));
        state =
                new State(
                        whole ? Optional.of(nanoTime.getAsLong()) : state.wholeAtNanos(),
                        control.isEmpty()
                                || control.get()
                                        .get(self)
                                        .filter(here -> !isGoing(here.value()))
                                        .isPresent());
    }

    private static boolean isGoing(Message object) {
        Object metadata =
                object.getField(object.getDescriptorForType().findFieldByName("metadata"));
        return ((ObjectMeta) metadata).hasDeletionTimestamp();
    }

    boolean healthy() {
        return condition().healthy();
    }

    NodeCondition condition() {
        State now = state;
        Optional<Duration> age =
                now.wholeAtNanos().map(at -> Duration.ofNanos(nanoTime.getAsLong() - at));
        return new NodeCondition(
                age.filter(passed -> passed.compareTo(patience) < 0).isPresent(),
                now.eligible(),
                age.map(clock.instant()::minus));
    }
}
