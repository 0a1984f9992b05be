package dev.weir.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.log.Committed;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.log.SimulatedLog.Fault;
import dev.weir.log.Write;
import dev.weir.model.Cidr;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterIpIndexTest {
    private static final AddressRange RANGE = new AddressRange(Cidr.of("10.96.0.0/24"));

    /** A history that is sometimes too short to follow. */
    private static final ShardConfig SMALL =
            new ShardConfig("test", 1_000, 4, 30, ShardConfig.MAX_WAIT, ShardConfig.CLOSE_WAIT);

    private static Key key(int service) {
        return Kinds.SERVICE.key("default", "s" + service);
    }

    private static Service service(int service, int address) {
        String text = RANGE.address(address).toString();
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("s" + service))
                .setSpec(ServiceSpec.newBuilder().setClusterIp(text).addClusterIps(text))
                .build();
    }

    /** Some Services change their address, go or come; each address has at most one owner. */
    private static TreeMap<Key, Optional<Message>> changes(Random random) {
        List<Integer> addresses = new ArrayList<>(IntStream.rangeClosed(1, 20).boxed().toList());
        Collections.shuffle(addresses, random);
        TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            changes.put(
                    key(i),
                    random.nextInt(3) == 0
                            ? Optional.empty()
                            : Optional.of(service(i, addresses.get(i))));
        }
        return changes;
    }

    private static List<Optional<Key>> owners(ClusterIps addresses) {
        return IntStream.rangeClosed(0, 21)
                .mapToObj(i -> addresses.owner(RANGE.address(i)))
                .toList();
    }

    /** Compares the index with one made anew, and writes, or not. */
    private static Write<Boolean> comparing(
            ClusterIpIndex index, TreeMap<Key, Optional<Message>> changes) {
        return new Write<>() {
            @Override
            public Decision<Boolean> decide(Pending pending) {
                ClusterIps anew =
                        ClusterIps.of(
                                List.of(RANGE), pending.image().all(Kinds.SERVICE, Service.class));
                return new Decision.Accept<>(
                        changes, Frontier.EMPTY, owners(index.in(pending)).equals(owners(anew)));
            }

            @Override
            public Boolean repeated(Image durable, long revision) {
                throw new AssertionError("no request has an id");
            }
        };
    }

    /** Groups that fail are forgotten, ones that may have failed are as the log says. */
    @Test
    void whateverBecomesOfTheGroupsTheIndexIsTheOneOfTheServices() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
        int answered = 0;
        try (Shard shard = Shard.open("endpoint", disk.open(), SMALL)) {
            ClusterIpIndex index = new ClusterIpIndex(shard, List.of(RANGE));
            for (int round = 0; round < 100; round++) {
                if (random.nextInt(3) == 0) {
                    disk.fail(Fault.values()[random.nextInt(Fault.values().length)]);
                }
                List<CompletableFuture<Committed<Boolean>>> answers = new ArrayList<>();
                for (int i = random.nextInt(8); i >= 0; i--) {
                    answers.add(
                            shard.write(
                                    comparing(
                                            index,
                                            random.nextInt(4) == 0
                                                    ? new TreeMap<>()
                                                    : changes(random))));
                }
                for (var answer : answers) {
                    try {
                        assertThat(answer.get(20, TimeUnit.SECONDS).answer())
                                .as("seed " + seed + ", round " + round)
                                .isTrue();
                        answered++;
                    } catch (ExecutionException failed) {
                        assertThat(failed).cause().isInstanceOf(FailureException.class);
                    }
                }
            }
        }
        assertThat(answered).isGreaterThan(100);
    }
}
