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
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

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
                return BlockClaims.this.decide(pending, node, now);
            }

            @Override
            public String requestId() {
                return requestId;
            }

            @Override
            public IpBlock repeated(Image durable, long revision) {
                return durable.all(Kinds.IP_BLOCK, IpBlock.class)
                        .filter(
                                block ->
                                        block.getMetadata()
                                                .getResourceVersion()
                                                .equals(Long.toString(revision)))
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

    private Decision<IpBlock> decide(Pending pending, String node, Instant now) {
        Set<String> taken =
                pending.image()
                        .all(Kinds.IP_BLOCK, IpBlock.class)
                        .flatMap(block -> block.getSpec().getCidrsList().stream())
                        .collect(Collectors.toSet());
        for (long number = 0; number < capacity(); number++) {
            List<String> cidrs = cidrs(number);
            if (cidrs.stream().noneMatch(taken::contains)) {
                IpBlock block = block(number, cidrs, node, now, pending.revision());
                Map<Key, Optional<Message>> changes =
                        Map.of(
                                Kinds.IP_BLOCK.key("", block.getMetadata().getName()),
                                Optional.of(block));
                return new Decision.Accept<>(new TreeMap<>(changes), Frontier.EMPTY, block);
            }
        }
        return new Decision.Refuse<>(
                Failure.of(
                        Reason.EXHAUSTED,
                        "no free block of pod addresses in "
                                + podCidrs
                                + "; delete nodes that are gone, or use a wider --pod-cidr"));
    }

    private long capacity() {
        return podCidrs.stream().mapToLong(cidr -> cidr.size() / ADDRESSES).min().orElse(0);
    }

    private List<String> cidrs(long number) {
        return podCidrs.stream()
                .map(
                        cidr -> {
                            IpAddress first = cidr.base().plus(number * ADDRESSES);
                            return new Cidr(first, cidr.v6() ? V6_BLOCK : V4_BLOCK).toString();
                        })
                .toList();
    }

    private static IpBlock block(
            long number, List<String> cidrs, String node, Instant now, long revision) {
        return IpBlock.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setName("block-" + number)
                                .setUid(UUID.randomUUID().toString())
                                .setGeneration(1)
                                .setCreationTimestamp(
                                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                                .setResourceVersion(Long.toString(revision)))
                .setSpec(IpBlockSpec.newBuilder().setNodeName(node).addAllCidrs(cidrs).setEpoch(1))
                .build();
    }
}
