package dev.weir.control;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.Write;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import dev.weir.routing.compile.Compile;
import dev.weir.routing.compile.IngressService;
import dev.weir.routing.status.Carried;
import dev.weir.routing.status.Statuses;
import dev.weir.server.ShardDirectory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the statuses of Ingresses, Gateways and routes true to what became of them, and to what the
 * proxies acknowledged. Written only where they change.
 */
final class RoutingStatus implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RoutingStatus.class);

    /** How long a change goes unnoticed at most. */
    private static final Duration STEP = Duration.ofMillis(200);

    /** Changes that come together are looked at together. */
    private static final Duration GATHER = Duration.ofMillis(20);

    private final Shard control;
    private final ShardReader endpoint;
    private final ShardReader secret;
    private final NodeRegistry registry;
    private final Clock clock;
    private final Compile compile = new Compile();
    private final Thread thread = Thread.ofVirtual().name("routing-status").unstarted(this::run);

    /** What the statuses were made from the last time; null when they have yet to be written. */
    private @Nullable Scene seen;

    private record Scene(Image control, Image endpoint, Image secret, Carried carried) {}

    /**
     * @param shards the endpoint and the secret shard among them
     */
    RoutingStatus(Shard control, ShardDirectory shards, NodeRegistry registry, Clock clock) {
        this.control = control;
        this.endpoint = shards.reader(Shards.ENDPOINT);
        this.secret = shards.reader(Shards.SECRET);
        this.registry = registry;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                long version = registry.version();
                look();
                registry.awaitChange(version, STEP);
                Thread.sleep(GATHER);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        Image image = control.image();
        Scene now = new Scene(image, endpoint.image(), secret.image(), carried(image));
        Scene before = seen;
        if (before != null
                && before.control == now.control
                && before.endpoint == now.endpoint
                && before.secret == now.secret
                && before.carried.equals(now.carried)) {
            return;
        }
        Map<Key, Message> changed =
                Statuses.of(
                        now.control,
                        compile.apply(now.control, now.endpoint, now.secret),
                        now.carried,
                        IngressService.addresses(now.endpoint),
                        clock.instant());
        seen = changed.isEmpty() || write(now.control, changed) ? now : null;
    }

    private Carried carried(Image image) {
        List<Carrier> proxies = Carriers.proxies(image, registry).toList();
        return new Carried(
                proxies.stream().anyMatch(Carrier::reachable),
                Carriers.everywhere(proxies).revision(Shards.CONTROL));
    }

    private boolean write(Image from, Map<Key, Message> changed) {
        try {
            control.write(Write.of(pending -> unlessOvertaken(pending, from, changed))).join();
            return true;
        } catch (CompletionException e) {
            LOG.warnf("The statuses of routes could not be written: %s", e.getCause());
            return false;
        }
    }

    private static TreeMap<Key, Optional<Message>> unlessOvertaken(
            Pending pending, Image from, Map<Key, Message> changed) {
        TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
        changed.forEach(
                (key, object) -> {
                    if (from.get(key).equals(pending.image().get(key))) {
                        changes.put(key, Optional.of(stamped(object, pending.revision())));
                    }
                });
        return changes;
    }

    private static Message stamped(Message object, long revision) {
        var field = object.getDescriptorForType().findFieldByName("metadata");
        ObjectMeta.Builder metadata = ((ObjectMeta) object.getField(field)).toBuilder();
        return object.toBuilder()
                .setField(field, metadata.setResourceVersion(Long.toString(revision)).build())
                .build();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
