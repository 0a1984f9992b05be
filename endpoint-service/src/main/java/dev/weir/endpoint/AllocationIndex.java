package dev.weir.endpoint;

import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.ShardReader.Next;
import dev.weir.changes.Step;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.allocate.Ranges;
import dev.weir.log.Pending;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who has which cluster IP and node port in the pending image, and what ranges there are. Only an
 * index: it is made from the Services and ServiceCIDRs, and follows what changes, at the cost of
 * the change. A group of writes that failed is forgotten, by going back to the durable image. Owned
 * by the shard's writer thread.
 */
final class AllocationIndex {
    private final ShardReader shard;
    private At durable;

    /** The durable image and what was accepted since. */
    private At pending;

    /** How many deltas of the group lead from the durable to the pending image, and the last. */
    private int followed;

    private Delta last;

    private record At(Image image, Allocations allocations) {

        /** What is given back comes before what is taken, since it may have changed hands. */
        At after(Step step) {
            Allocations next = allocations;
            if (step.keys(Kinds.SERVICE_CIDR).findAny().isPresent()) {
                next = next.in(Ranges.in(step.to(), next.addresses().ranges().own()));
            }
            for (var key : step.keys(Kinds.SERVICE).toList()) {
                next = next.after(step.from().find(Service.class, key), Optional.empty());
            }
            for (var key : step.keys(Kinds.SERVICE).toList()) {
                next = next.after(Optional.empty(), step.to().find(Service.class, key));
            }
            return new At(step.to(), next);
        }
    }

    /**
     * @param nothing the ranges of the settings, nothing of them given out
     */
    AllocationIndex(ShardReader shard, Allocations nothing) {
        this.shard = shard;
        this.durable = new At(Image.empty(shard.shard()), nothing);
        this.pending = durable;
        this.last = Step.still(durable.image()).delta();
    }

    Allocations in(Pending now) {
        return in(now.accepted());
    }

    /**
     * @param accepted as {@link Pending#accepted}
     */
    Allocations in(List<Delta> accepted) {
        if (followed == 0 || accepted.size() < followed || accepted.get(followed - 1) != last) {
            followDurable();
            pending = durable;
            followed = 0;
        }
        for (Delta delta : accepted.subList(followed, accepted.size())) {
            pending = pending.after(Step.of(pending.image(), delta));
            last = delta;
            followed++;
        }
        return pending.allocations();
    }

    private void followDurable() {
        Image now = shard.image();
        Image before = durable.image();
        if (now != before) {
            durable = durable.after(new Step(before, since(before, now), now));
        }
    }

    /** The writer's thread is this one, so nothing is published meanwhile. */
    private Delta since(Image before, Image now) {
        try {
            return switch (shard.next(before.logId(), before.revision(), Duration.ZERO)) {
                case Next.Changes(var delta) -> delta;
                case Next.Expired expired -> Delta.between(before, now);
            };
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Delta.between(before, now);
        }
    }
}
