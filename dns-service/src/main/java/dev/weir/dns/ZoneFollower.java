package dev.weir.dns;

import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.changes.ShardReader.Next;
import dev.weir.changes.Step;
import dev.weir.dns.zone.Zone;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.dns.zone.ZoneSource;
import dev.weir.model.FailureException;
import dev.weir.model.Shards;
import dev.weir.server.ShardDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Keeps a zone up to date with the shards that names come from. In sync as soon as it is opened.
 */
final class ZoneFollower implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ZoneFollower.class);
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final List<Thread> threads = new ArrayList<>();
    private volatile Zone zone;

    /** Guarded by this. */
    private ZoneSource source = ZoneSource.EMPTY;

    /** Guarded by this. */
    private long serial;

    ZoneFollower(ZoneSettings settings) {
        this.zone = Zone.empty(settings);
    }

    void start(ShardDirectory shards) {
        for (String shard : List.of(Shards.CONTROL, Shards.ENDPOINT)) {
            ShardReader reader = shards.reader(shard);
            Image first = reader.image();
            advance(Step.start(first));
            threads.add(
                    Thread.ofVirtual().name("zone-" + shard).start(() -> follow(reader, first)));
        }
        zone = zone.inSync();
    }

    Zone zone() {
        return zone;
    }

    private void follow(ShardReader reader, Image first) {
        try {
            Image image = first;
            while (true) {
                Delta delta =
                        switch (reader.next(image.logId(), image.revision(), IDLE)) {
                            case Next.Changes(var changes) -> changes;
                            case Next.Expired expired -> Delta.between(image, reader.image());
                        };
                Step step = Step.of(image, delta);
                advance(step);
                image = step.to();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (FailureException gone) {
            LOG.debugf("The zone is no longer followed: %s", gone.getMessage());
        }
    }

    private synchronized void advance(Step step) {
        if (step.to().shard().equals(Shards.ENDPOINT)) {
            serial = step.to().revision();
        }
        ZoneSource.Advance advance = source.advance(step);
        source = advance.next();
        zone = zone.apply(advance.delta(), serial);
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
