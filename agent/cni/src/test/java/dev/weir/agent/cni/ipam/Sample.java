package dev.weir.agent.cni.ipam;

import dev.weir.agent.cni.ipam.BlockSource.Acknowledgement;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.model.Cidr;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Values and doubles that tests of addresses share. */
final class Sample {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Sample() {}

    static Block block(String... cidrs) {
        return new Block(List.of(cidrs).stream().map(Cidr::of).toList(), 1);
    }

    static AttachmentKey key(int number) {
        return new AttachmentKey("weir", "container-" + number, "eth0");
    }

    static PodAttachment wanted(int number) {
        return new PodAttachment(
                key(number),
                Kinds.POD.key("default", "pod-" + number),
                "uid-" + number,
                Map.of("app", "web"),
                List.of(),
                "/run/netns/p" + number,
                "weir" + number,
                "02:00:00:00:00:01",
                "boot-1",
                Instant.EPOCH);
    }

    /** Blocks as set, one answer for all releases. */
    static final class Source implements BlockSource {
        List<Block> blocks;
        Acknowledgement acknowledgement = Acknowledgement.EVERYWHERE;
        int asked;

        Source(Block... blocks) {
            this.blocks = List.of(blocks);
        }

        @Override
        public List<Block> blocks() {
            return blocks;
        }

        @Override
        public void needBlock() {
            asked++;
        }

        @Override
        public Acknowledgement acknowledgement(Released released) {
            return acknowledgement;
        }
    }

    /** Stands still but when told. */
    static final class Clock implements InstantSource {
        Instant now = START;

        void advanceSeconds(long seconds) {
            now = now.plusSeconds(seconds);
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
