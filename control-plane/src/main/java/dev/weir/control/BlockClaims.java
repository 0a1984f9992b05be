package dev.weir.control;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.IpBlockSpec;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
import dev.weir.log.Write;
import dev.weir.model.Cidr;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Gives nodes blocks of pod addresses: one number stands for one block in each family, and the
 * lowest free number is given. What is taken is read from the IPBlock objects, never from a
 * counter.
 *
 * @param podCidrs the ranges to cut blocks from, at most one per family
 */
record BlockClaims(List<Cidr> podCidrs) {
    /** Prefix lengths of a block: 64 addresses in each family. */
    static final int V4_BLOCK = 26;

    static final int V6_BLOCK = 122;

    private static final int ADDRESSES = 64;

    Write<IpBlock> claim(String node, String requestId, Instant now) {
        return new Write<>() {
            @Override
            public Decision<IpBlock> decide(Pending pending) {
                return BlockClaims.this.decide(pending, node, uid(requestId), now);
            }

            @Override
            public String requestId() {
                return requestId;
            }

            @Override
            public IpBlock repeated(Image durable, long revision) {
                return durable.all(Kinds.IP_BLOCK, IpBlock.class)
                        .filter(block -> block.getMetadata().getUid().equals(uid(requestId)))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Failure.of(
                                                        Reason.NOT_FOUND,
                                                        "the block claimed by this request is gone")
                                                .asException());
            }
        };
    }

    /** Of the block that a request claims; the same for each repetition of the request. */
    private static String uid(String requestId) {
        return (requestId.isEmpty()
                        ? UUID.randomUUID()
                        : UUID.nameUUIDFromBytes(requestId.getBytes(StandardCharsets.UTF_8)))
                .toString();
    }

    private Decision<IpBlock> decide(Pending pending, String node, String uid, Instant now) {
        Taken taken = Taken.in(pending.image());
        for (long number = 0; number < capacity(); number++) {
            List<Cidr> cidrs = cidrs(number);
            Key key = Kinds.IP_BLOCK.key("", "block-" + number);
            // The name may be that of a block from ranges that were configured before.
            if (pending.image().get(key).isEmpty() && cidrs.stream().noneMatch(taken::overlaps)) {
                IpBlock block = block(key.name(), uid, cidrs, node, now, pending.revision());
                Map<Key, Optional<Message>> changes = Map.of(key, Optional.of(block));
                return new Decision.Accept<>(new TreeMap<>(changes), Frontier.EMPTY, block);
            }
        }
        return new Decision.Refuse<>(
                Failure.of(
                        Reason.EXHAUSTED,
                        "no free block of pod addresses in "
                                + podCidrs
                                + "; delete the IPBlocks of nodes that are gone, or use a wider"
                                + " --pod-cidr"));
    }

    /**
     * Every address that some block has.
     *
     * @param blocks of every size; those of the size that is given out overlap when they are equal
     * @param others of another size, made by users
     */
    private record Taken(Set<Cidr> blocks, List<Cidr> others) {
        static Taken in(Image image) {
            List<Cidr> all =
                    image.all(Kinds.IP_BLOCK, IpBlock.class)
                            .flatMap(block -> block.getSpec().getCidrsList().stream())
                            .map(Cidr::of)
                            .toList();
            return new Taken(
                    Set.copyOf(all),
                    all.stream().filter(cidr -> cidr.prefix() != size(cidr)).toList());
        }

        boolean overlaps(Cidr cidr) {
            return blocks.contains(cidr)
                    || others.stream()
                            .anyMatch(other -> other.contains(cidr) || cidr.contains(other));
        }
    }

    private static int size(Cidr cidr) {
        return cidr.v6() ? V6_BLOCK : V4_BLOCK;
    }

    private long capacity() {
        return podCidrs.stream().mapToLong(cidr -> cidr.size() / ADDRESSES).min().orElse(0);
    }

    private List<Cidr> cidrs(long number) {
        return podCidrs.stream()
                .map(cidr -> new Cidr(cidr.base().plus(number * ADDRESSES), size(cidr)))
                .toList();
    }

    private static IpBlock block(
            String name, String uid, List<Cidr> cidrs, String node, Instant now, long revision) {
        return IpBlock.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setName(name)
                                .setUid(uid)
                                .setGeneration(1)
                                .setCreationTimestamp(
                                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                                .setResourceVersion(Long.toString(revision)))
                .setSpec(
                        IpBlockSpec.newBuilder()
                                .setNodeName(node)
                                .addAllCidrs(cidrs.stream().map(Cidr::toString).toList())
                                .setEpoch(1))
                .build();
    }
}
