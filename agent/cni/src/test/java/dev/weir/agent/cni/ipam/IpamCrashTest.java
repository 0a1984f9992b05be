package dev.weir.agent.cni.ipam;

import static dev.weir.agent.cni.ipam.Sample.key;
import static dev.weir.agent.cni.ipam.Sample.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.cni.ipam.Decision.Granted;
import dev.weir.agent.cni.ipam.Decision.Refused;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws: no address has two holders, nothing answered is lost, whatever the crash. */
final class IpamCrashTest {
    private static final int STEPS = 500;

    @TempDir Path directory;

    private final Sample.Clock clock = new Sample.Clock();
    private final Sample.Source source =
            new Sample.Source(
                    Sample.block("10.1.0.0/27", "fd00::/123"), Sample.block("10.1.0.64/28"));

    private Path file() {
        return directory.resolve("ipam.journal");
    }

    private Ipam open() throws IOException {
        return Ipam.open(file(), source, clock);
    }

    private void cutTo(long length) throws IOException {
        try (RandomAccessFile journal = new RandomAccessFile(file().toFile(), "rw")) {
            journal.setLength(length);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 20260101})
    void addressesAreNeitherSharedNorLost(long seed) throws IOException {
        Random random = new Random(seed);
        Map<AttachmentKey, List<IpAddress>> model = new HashMap<>();
        Map<IpAddress, Long> releasedAt = new HashMap<>();
        long second = 0;
        int crashes = 0;
        Ipam ipam = open();
        for (int step = 0; step < STEPS; step++) {
            String where = "seed " + seed + ", step " + step;
            long advance = random.nextInt(10);
            clock.advanceSeconds(advance);
            second += advance;
            int number = random.nextInt(60);
            long before = Files.size(file());
            boolean had = model.containsKey(key(number));
            Runnable answered;
            if (random.nextBoolean()) {
                Decision decision = ipam.allocate(wanted(number), Set.of());
                long now = second;
                answered =
                        () -> {
                            switch (decision) {
                                case Granted(var a) -> {
                                    if (!had) {
                                        a.addresses()
                                                .forEach(
                                                        ip ->
                                                                assertThat(
                                                                                now
                                                                                        - releasedAt
                                                                                                .getOrDefault(
                                                                                                        ip,
                                                                                                        -1000L))
                                                                        .as(
                                                                                where
                                                                                        + ": age of"
                                                                                        + " "
                                                                                        + ip)
                                                                        .isGreaterThanOrEqualTo(
                                                                                30));
                                    }
                                    assertThat(model.getOrDefault(key(number), a.addresses()))
                                            .as(where)
                                            .isEqualTo(a.addresses());
                                    model.put(key(number), a.addresses());
                                }
                                case Refused r -> assertThat(had).as(where).isFalse();
                            }
                        };
            } else {
                ipam.release(key(number));
                long now = second;
                answered =
                        () -> {
                            List<IpAddress> gone = model.remove(key(number));
                            if (gone != null) {
                                gone.forEach(ip -> releasedAt.put(ip, now));
                            }
                        };
            }
            long after = Files.size(file());
            if (random.nextInt(10) == 0 && after > before) {
                // the machine stops before the answer: any part of the last entry may be missing
                ipam.close();
                cutTo(before + random.nextLong(after - before));
                ipam = open();
                crashes++;
            } else {
                answered.run();
            }
            assertThat(held(ipam)).as(where).isEqualTo(model);
            List<IpAddress> all = new ArrayList<>();
            model.values().forEach(all::addAll);
            assertThat(new HashSet<>(all)).as(where).hasSameSizeAs(all);
        }
        ipam.close();
        assertThat(crashes).as("seed %d: crashes", seed).isGreaterThan(10);
    }

    private static Map<AttachmentKey, List<IpAddress>> held(Ipam ipam) {
        Map<AttachmentKey, List<IpAddress>> held = new HashMap<>();
        ipam.held().forEach(a -> held.put(a.key(), a.addresses()));
        return held;
    }

    @Test
    void compactionKeepsHoldersAndCooldowns() throws IOException {
        Ipam ipam = open();
        source.blocks = List.of(Sample.block("10.1.0.0/30", "fd00::/126"));
        ipam.allocate(wanted(1), Set.of());
        for (int i = 0; i < 520; i++) {
            clock.advanceSeconds(200);
            ipam.allocate(wanted(2), Set.of());
            ipam.release(key(2));
        }
        long size = Files.size(file());
        ipam.close();

        Ipam again = open();

        assertThat(size).isLessThan(250_000);
        assertThat(held(again)).containsOnlyKeys(key(1));
        assertThat(again.free(9)).isEqualTo(2);
        again.close();
    }

    @Test
    void everythingAboutAnAttachmentSurvives() throws IOException {
        Ipam ipam = open();
        PodAttachment given = ((Granted) ipam.allocate(wanted(1), Set.of())).attachment();
        ipam.close();

        Ipam again = open();

        assertThat(again.find(key(1))).contains(given);
        again.close();
    }

    @Test
    void aDamagedEntryBeforeTheEndIsRefused() throws IOException {
        Ipam ipam = open();
        ipam.allocate(wanted(1), Set.of());
        ipam.allocate(wanted(2), Set.of());
        ipam.close();
        byte[] bytes = Files.readAllBytes(file());
        bytes[20] ^= 1;
        Files.write(file(), bytes);

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged at byte 0");
        assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
    }

    @Test
    void aSecondAgentIsRefused() throws IOException {
        Ipam ipam = open();

        assertThatThrownBy(this::open).hasMessageContaining("another agent uses");

        ipam.close();
    }

    @Test
    void fewFreeAddressesAskForABlock() throws IOException {
        source.blocks = List.of(Sample.block("10.1.0.0/28"));
        Ipam ipam = open();

        for (int i = 0; i < 8; i++) {
            ipam.allocate(wanted(i), Set.of());
        }
        int askedWithEightLeft = source.asked;
        ipam.allocate(wanted(8), Set.of());

        assertThat(askedWithEightLeft).isZero();
        assertThat(source.asked).isEqualTo(1);
        ipam.close();
    }
}
