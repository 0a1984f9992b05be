package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.client.Watch;
import dev.weir.client.WatchEvent;
import dev.weir.client.WeirClient;
import dev.weir.model.Kind;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Waits for one object by watching it. */
public final class ObjectWait {
    private final WeirClient client;
    private final Kind kind;
    private final String namespace;
    private final String name;
    private final Duration limit;

    public ObjectWait(WeirClient client, Kind kind, String namespace, String name, Duration limit) {
        this.client = client;
        this.kind = kind;
        this.namespace = kind.namespaced() ? namespace : "";
        this.name = name;
        this.limit = limit;
    }

    /** False when the time was over before it held. */
    public boolean until(Predicate<Message> holds) {
        return follow(holds, false);
    }

    /** False when the time was over and the object still there. */
    public boolean untilGone() {
        return follow(object -> false, true);
    }

    private boolean follow(Predicate<Message> holds, boolean gone) {
        ScheduledExecutorService alarm =
                Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
        try (Watch<WatchEvent> events = client.watch(kind, namespace, "")) {
            var ignored = alarm.schedule(events::close, limit.toMillis(), TimeUnit.MILLISECONDS);
            boolean there = false;
            while (events.hasNext()) {
                switch (events.next()) {
                    case WatchEvent.Put(var object, var revision) -> {
                        if (Resource.metadata(object).getName().equals(name)) {
                            there = true;
                            if (holds.test(object)) {
                                return true;
                            }
                        }
                    }
                    case WatchEvent.Remove(var key, var revision) -> {
                        if (gone && key.equals(kind.key(namespace, name))) {
                            return true;
                        }
                    }
                    case WatchEvent.Bookmark bookmark -> {
                        if (gone && bookmark.inSync() && !there) {
                            return true;
                        }
                    }
                }
            }
            return false;
        } finally {
            alarm.shutdownNow();
        }
    }
}
