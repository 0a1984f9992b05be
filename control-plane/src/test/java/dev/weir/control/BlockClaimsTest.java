package dev.weir.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.IpBlockSpec;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.model.Cidr;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlockClaimsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
    private Shard shard;

    @BeforeEach
    void open() {
        shard = Shard.open("control", disk.open(), ShardConfig.of("test"));
    }

    @AfterEach
    void close() {
        shard.close();
    }

    private static BlockClaims from(String... podCidrs) {
        return new BlockClaims(java.util.Arrays.stream(podCidrs).map(Cidr::of).toList());
    }

    private IpBlock claim(BlockClaims claims, String node, String requestId) {
        try {
            return shard.write(claims.claim(node, requestId, NOW)).join().answer();
        } catch (CompletionException e) {
            throw (FailureException) e.getCause();
        }
    }

    private IpBlock claim(BlockClaims claims) {
        return claim(claims, "n1", "");
    }

    private void make(String name, String... cidrs) {
        Cluster.put(
                shard,
                Kinds.IP_BLOCK.key("", name),
                IpBlock.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName(name))
                        .setSpec(
                                IpBlockSpec.newBuilder()
                                        .setNodeName("mine")
                                        .addAllCidrs(List.of(cidrs)))
                        .build());
    }

    @Test
    void aBlockHasOneRangeOfEachFamily() {
        IpBlock block = claim(from("10.244.0.0/16", "fd00:10:244::/56"), "n1", "r1");

        assertThat(block.getSpec())
                .isEqualTo(
                        IpBlockSpec.newBuilder()
                                .setNodeName("n1")
                                .addCidrs("10.244.0.0/26")
                                .addCidrs("fd00:10:244::/122")
                                .setEpoch(1)
                                .build());
        assertThat(shard.image().find(IpBlock.class, Kinds.IP_BLOCK.key("", "block-0")))
                .contains(block);
    }

    @Test
    void manyAtOnceGetBlocksOfTheirOwn() {
        BlockClaims claims = from("10.244.0.0/16", "fd00:10:244::/56");
        List<CompletableFuture<IpBlock>> answers = new ArrayList<>();
        List<Thread> threads =
                IntStream.range(0, 200)
                        .mapToObj(
                                i ->
                                        Thread.ofVirtual()
                                                .unstarted(
                                                        () -> {
                                                            var answer =
                                                                    shard.write(
                                                                                    claims.claim(
                                                                                            "n" + i,
                                                                                            "r" + i,
                                                                                            NOW))
                                                                            .thenApply(
                                                                                    done ->
                                                                                            done
                                                                                                    .answer());
                                                            synchronized (answers) {
                                                                answers.add(answer);
                                                            }
                                                        }))
                        .toList();

        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            join(thread);
        }
        List<Cidr> ranges =
                answers.stream()
                        .map(CompletableFuture::join)
                        .flatMap(block -> block.getSpec().getCidrsList().stream())
                        .map(Cidr::of)
                        .toList();

        assertThat(ranges).hasSize(400).doesNotHaveDuplicates();
        assertThat(ranges).contains(Cidr.of("10.244.49.192/26"), Cidr.of("fd00:10:244::31c0/122"));
        assertThat(ranges)
                .allMatch(
                        range ->
                                Cidr.of("10.244.0.0/16").contains(range)
                                        || Cidr.of("fd00:10:244::/56").contains(range));
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(java.time.Duration.ofSeconds(20)))
                    .as("a claim is sent within 20 s")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whenNothingIsLeftTheMessageSaysWhatToDo() {
        BlockClaims claims = from("10.244.0.0/24");
        IntStream.range(0, 4).forEach(i -> claim(claims));

        var failure = catchThrowableOfType(FailureException.class, () -> claim(claims));

        assertThat(failure.failure().reason()).isEqualTo(Reason.EXHAUSTED);
        assertThat(failure)
                .hasMessageContaining("10.244.0.0/24")
                .hasMessageContaining("delete the IPBlocks")
                .hasMessageContaining("--pod-cidr");
    }

    @Test
    void theSmallerFamilyIsTheBound() {
        BlockClaims claims = from("10.244.0.0/25", "fd00:10:244::/56");

        claim(claims);
        claim(claims);

        assertThat(catchThrowableOfType(FailureException.class, () -> claim(claims))).isNotNull();
    }

    @Test
    void aClusterOfIpv6OnlyHasBlocks() {
        assertThat(claim(from("fd00:10:244::/56")).getSpec().getCidrsList())
                .containsExactly("fd00:10:244::/122");
    }

    @Test
    void theLowestFreeBlockIsGiven() {
        BlockClaims claims = from("10.244.0.0/16");
        IntStream.range(0, 3).forEach(i -> claim(claims));

        Cluster.write(shard, Map.of(Kinds.IP_BLOCK.key("", "block-1"), Optional.empty()));

        assertThat(claim(claims).getSpec().getCidrs(0)).isEqualTo("10.244.0.64/26");
        assertThat(claim(claims).getSpec().getCidrs(0)).isEqualTo("10.244.0.192/26");
    }

    @Test
    void aRepeatedRequestGetsTheSameBlockEvenAfterItChangedHands() {
        BlockClaims claims = from("10.244.0.0/16");
        IpBlock first = claim(claims, "n1", "r1");
        IpBlock moved =
                first.toBuilder()
                        .setMetadata(first.getMetadata().toBuilder().setResourceVersion("2"))
                        .setSpec(first.getSpec().toBuilder().setNodeName("n2").setEpoch(2))
                        .build();

        assertThat(claim(claims, "n1", "r1")).isEqualTo(first);
        Cluster.put(shard, Kinds.IP_BLOCK.key("", "block-0"), moved);

        assertThat(claim(claims, "n1", "r1")).isEqualTo(moved);
        assertThat(claim(claims, "n1", "r2").getSpec().getCidrs(0)).isEqualTo("10.244.0.64/26");
    }

    @Test
    void aBlockFromAnotherRangeKeepsItsName() {
        IpBlock old = claim(from("10.1.0.0/16"));

        IpBlock block = claim(from("10.244.0.0/16"));

        assertThat(shard.image().find(IpBlock.class, Kinds.IP_BLOCK.key("", "block-0")))
                .contains(old);
        assertThat(block.getMetadata().getName()).isNotEqualTo("block-0");
        assertThat(Cidr.of("10.244.0.0/16").contains(Cidr.of(block.getSpec().getCidrs(0))))
                .isTrue();
    }

    @Test
    void noBlockOverlapsOneThatAUserMade() {
        make("wide", "10.244.0.0/25");
        make("narrow", "10.244.0.128/30");
        make("six", "fd00:10:244::c0/123");

        IpBlock block = claim(from("10.244.0.0/16", "fd00:10:244::/56"));

        assertThat(block.getSpec().getCidrsList())
                .containsExactly("10.244.1.0/26", "fd00:10:244::100/122");
    }
}
