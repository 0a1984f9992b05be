package dev.weir.agent.cni.ipam;

import dev.weir.agent.cni.ipam.BlockSource.Acknowledgement;
import dev.weir.agent.cni.ipam.Decision.Granted;
import dev.weir.agent.cni.ipam.Decision.Reason;
import dev.weir.agent.cni.ipam.Decision.Refused;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Chooses addresses. A pure function of allocations, blocks, time and acknowledgements.
 *
 * <p>Never used addresses go first, then the one released longest ago. A released address is not
 * given out before {@link #MIN_COOLDOWN} has passed and all reachable nodes have acknowledged the
 * delete of its pod; while nobody can say whether they have, not before {@link #BLIND_COOLDOWN}.
 */
record Allocator(
        List<Block> blocks, Instant now, Function<Released, Acknowledgement> acknowledgements) {

    /** Covers what is in flight, and caches of those who looked the address up. */
    static final Duration MIN_COOLDOWN = Duration.ofSeconds(30);

    /** Longer than an unanswered TCP connection attempt stays in conntrack, 120 s. */
    static final Duration BLIND_COOLDOWN = Duration.ofSeconds(130);

    /**
     * @param wanted the attachment; its addresses and time are ignored
     * @param requested addresses it must get, of any family; may be empty
     */
    Decision allocate(Allocations state, PodAttachment wanted, Set<IpAddress> requested) {
        List<List<IpAddress>> slots = slots(requested);
        if (slots.isEmpty() && !requested.isEmpty()) {
            return new Refused(
                    Reason.NOT_OURS, "not the addresses of one slot of this node: " + requested);
        }
        Optional<List<IpAddress>> slot = free(state, slots).findFirst();
        if (slot.isPresent()) {
            return new Granted(wanted.with(slot.get(), now));
        }
        if (requested.isEmpty()) {
            return new Refused(
                    Reason.EXHAUSTED, "no free address in the blocks of this node: " + blocks);
        }
        return requested.stream()
                .map(state.holders()::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(owner -> new Refused(Reason.IN_USE, requested + " is held by " + owner))
                .orElseGet(() -> new Refused(Reason.COOLING, requested + " was released just now"));
    }

    /** How many pods could be given addresses now, counted up to the limit. */
    long free(Allocations state, int limit) {
        return free(state, slots(Set.of())).limit(limit).count();
    }

    private List<List<IpAddress>> slots(Set<IpAddress> wanted) {
        return blocks.stream().flatMap(block -> block.slotsWith(wanted)).toList();
    }

    /** Lazily: whether a delete is acknowledged is asked of no more slots than needed. */
    private Stream<List<IpAddress>> free(Allocations state, List<List<IpAddress>> slots) {
        return slots.stream()
                .filter(slot -> slot.stream().noneMatch(state.holders()::containsKey))
                .sorted(oldest(state))
                .filter(
                        slot ->
                                slot.stream()
                                        .map(state.released()::get)
                                        .filter(Objects::nonNull)
                                        .distinct()
                                        .allMatch(this::reusable));
    }

    private boolean reusable(Released released) {
        Duration age = Duration.between(released.at(), now);
        return age.compareTo(MIN_COOLDOWN) >= 0
                && switch (acknowledgements.apply(released)) {
                    case EVERYWHERE -> true;
                    case PENDING -> false;
                    case UNKNOWN -> age.compareTo(BLIND_COOLDOWN) >= 0;
                };
    }

    private static Comparator<List<IpAddress>> oldest(Allocations state) {
        return Comparator.comparing(
                slot ->
                        slot.stream()
                                .map(state.released()::get)
                                .map(released -> released == null ? Instant.MIN : released.at())
                                .max(Comparator.naturalOrder())
                                .orElse(Instant.MIN));
    }
}
