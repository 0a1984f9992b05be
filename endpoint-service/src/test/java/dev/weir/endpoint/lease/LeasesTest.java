package dev.weir.endpoint.lease;

import static dev.weir.endpoint.Wire.PATIENCE;
import static dev.weir.endpoint.Wire.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Message;
import dev.weir.endpoint.Wire;
import dev.weir.endpoint.admission.LeaseTerm;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.log.Write;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.RenewLeaseRequest;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a log in memory, in a time that the test moves. */
class LeasesTest {
    private static final int ROUNDS = 15;
    private static final int SLICES = 40;

    private final SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
    private final AtomicLong time = new AtomicLong(-5_000_000_000L);
    private Shard shard;
    private Leases leases;
    private Wire wire;

    @BeforeEach
    void open() throws IOException {
        shard = Shard.open("endpoint", disk.open(), ShardConfig.of("test"));
        leases = new Leases(shard, time::get);
        leases.start();
        wire = new Wire(List.of(leases));
    }

    @AfterEach
    void close() throws Exception {
        wire.close();
        leases.close();
        shard.close();
    }

    private static Key key(String name) {
        return Kinds.ENDPOINT_SLICE.key("shop", name);
    }

    private static EndpointSlice slice(String name, int seconds) {
        EndpointSlice.Builder slice = EndpointSlice.newBuilder().setAddressType("IPv4");
        slice.getMetadataBuilder().setNamespace("shop").setName(name);
        if (seconds > 0) {
            slice.getMetadataBuilder()
                    .putAnnotations(LeaseTerm.ANNOTATION, Integer.toString(seconds));
        }
        return slice.build();
    }

    private void write(String name, int seconds) {
        Map<Key, Optional<Message>> put = Map.of(key(name), Optional.of(slice(name, seconds)));
        shard.write(Write.of(pending -> new TreeMap<>(put))).join();
    }

    /** Time is only looked at when something happens, or when it is due in real time. */
    private void pass(double seconds) {
        time.addAndGet((long) (seconds * 1e9));
        write("clock", 0);
    }

    private boolean there(String name) {
        return shard.image().get(key(name)).isPresent();
    }

    private long renew(String name) {
        return wire.stub(LeasesGrpc::newBlockingStub)
                .renew(RenewLeaseRequest.newBuilder().setNamespace("shop").setName(name).build())
                .getRemaining()
                .getSeconds();
    }

    private Code refused(String name) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> renew(name))
                .getStatus()
                .getCode();
    }

    /** What was written is known, and what was over by now is gone. */
    private void settle() throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            write("clock", 0);
            long revision = shard.image().revision();
            await("it is read", () -> leases.read() >= revision);
        }
    }

    @Test
    void aSliceGoesWhenItsLeaseIsOver() throws Exception {
        write("short", 10);
        write("long", 100);
        write("for-ever", 0);
        settle();

        pass(10);

        await("the short lease ends", () -> !there("short"));
        assertThat(there("long")).isTrue();
        assertThat(there("for-ever")).isTrue();
    }

    @Test
    void itStaysWhileItIsRenewedAndComesBackWhenItIsRegisteredAgain() throws Exception {
        write("web", 10);
        for (int i = 0; i < 5; i++) {
            settle();
            pass(8);
            assertThat(renew("web")).isEqualTo(10);
        }
        boolean kept = there("web");
        long revisions = shard.image().revision();
        renew("web");
        long after = shard.image().revision();

        pass(11);
        await("the lease ends", () -> !there("web"));
        Code late = refused("web");
        write("web", 10);
        settle();

        assertThat(kept).isTrue();
        assertThat(after).as("renewals are not logged").isEqualTo(revisions);
        assertThat(late).isEqualTo(Code.NOT_FOUND);
        assertThat(there("web")).isTrue();
        assertThat(renew("web")).isEqualTo(10);
    }

    @Test
    void aWriteRenewsAndTheNewTermCounts() throws Exception {
        write("web", 10);
        settle();
        pass(8);
        write("web", 30);
        settle();
        pass(25);
        settle();
        boolean longer = there("web");
        write("web", 2);
        settle();

        pass(2);

        await("the short lease ends", () -> !there("web"));
        assertThat(longer).isTrue();
    }

    @Test
    void aNewWriterGivesEverybodyAWholeTerm() throws Exception {
        write("web", 10);
        settle();
        pass(8);
        close();

        open();
        settle();
        pass(5);
        settle();
        boolean kept = there("web");
        pass(10);

        await("the lease ends", () -> !there("web"));
        assertThat(kept).isTrue();
    }

    @Test
    void whatHasNoLeaseIsNotRenewed() {
        write("for-ever", 0);

        assertThat(refused("for-ever")).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused("nothing")).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void aRenewalThatIsAnsweredWellHasKeptTheSlice() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < SLICES; i++) {
                write("s" + i, 10);
            }
            settle();
            time.addAndGet(Duration.ofSeconds(20).toNanos());
            Map<String, Boolean> renewed = new ConcurrentHashMap<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < SLICES; i++) {
                String name = "s" + i;
                int pause = random.nextInt(2_000_000);
                threads.add(
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            java.util.concurrent.locks.LockSupport.parkNanos(pause);
                                            renewed.put(name, isRenewed(name));
                                        }));
            }
            pass(0);
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(PATIENCE))).as("an answer").isTrue();
            }
            await(
                    "seed %d: what was not renewed goes".formatted(seed),
                    () ->
                            renewed.entrySet().stream()
                                    .allMatch(entry -> entry.getValue() == there(entry.getKey())));
            settle();

            renewed.forEach(
                    (name, kept) ->
                            assertThat(there(name)).as("seed %d, %s", seed, name).isEqualTo(kept));
        }
    }

    private boolean isRenewed(String name) {
        try {
            return renew(name) == 10;
        } catch (StatusRuntimeException gone) {
            return false;
        }
    }
}
